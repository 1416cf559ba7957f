package io.github.cvmattestation.attestation.release;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.GuestKey;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.List;
import java.util.Optional;

/**
 * Opens a wrapped key in the guest: RSA-OAEP in the hardware gives an AES-256 key, which opens the
 * key itself (PKCS #11 3.1, section 6.1.21, CKM_RSA_AES_KEY_WRAP). A private key must match the
 * public one that it came with, or it could be anybody's: the wrapping key is no secret.
 *
 * <p>All that can go wrong with a ciphertext looks alike, so that nobody learns from refusals what
 * is in it.
 */
public final class KeyUnwrapper {
  /** The most bytes of ciphertext that are looked at. An RSA key of 8192 bits needs some 6,000. */
  public static final int MAX_CIPHERTEXT = 16 << 10;

  private static final int AES_BYTES = 32;

  private final SignatureBackend signatures;

  /**
   * @param signatures who checks that a private key belongs to its public one
   */
  public KeyUnwrapper(SignatureBackend signatures) {
    this.signatures = signatures;
  }

  /**
   * Unwraps.
   *
   * @param guestKey the key that {@code wrapped} was wrapped to
   * @throws io.github.cvmattestation.attestation.AttestationException if the hardware could not be
   *     asked
   */
  public Unwrapping unwrap(GuestKey guestKey, WrappedKey wrapped) {
    Bytes ciphertext = wrapped.ciphertext();
    int modulusBytes = guestKey.publicKey().modulusBytes();
    if (ciphertext.size() <= modulusBytes || ciphertext.size() > MAX_CIPHERTEXT) {
      return unopened();
    }
    GuestKey.Decryption decryption =
        guestKey.decrypt(ciphertext.slice(0, modulusBytes), wrapped.algorithm().padding());
    if (!(decryption instanceof GuestKey.Decryption.Decrypted decrypted)) {
      return unopened();
    }
    Optional<SecretBytes> opened;
    try (SecretBytes key = decrypted.message()) {
      if (key.octets().length != AES_BYTES) {
        return unopened();
      }
      opened =
          AesKeyWrap.unwrap(
              new OwnedSecretKey(key, "AES"), ciphertext.slice(modulusBytes, ciphertext.size()));
    }
    return opened.isEmpty() ? unopened() : proven(wrapped, opened.get());
  }

  /** The secret belongs to the key that was asked for; else it is cleared. */
  private Unwrapping proven(WrappedKey wrapped, SecretBytes secret) {
    boolean kept = false;
    try {
      if (wrapped.publicKey().isPresent()) {
        PublicKeyInfo publicKey = wrapped.publicKey().get();
        PrivateKey privateKey = KeyPairs.privateKey(wrapped.kind(), secret.octets());
        if (!KeyPairs.match(privateKey, publicKey, signatures)) {
          return refused(CoreFinding.SKR_KEYPAIR, "a private key that matches", "another");
        }
      }
      kept = true;
      return new Unwrapping.Unwrapped(new ReleasedKey(wrapped, secret));
    } catch (GeneralSecurityException e) {
      return unopened();
    } finally {
      if (!kept) {
        secret.close();
      }
    }
  }

  private static Unwrapping unopened() {
    return refused(CoreFinding.SKR_UNWRAP, "a key wrapped to this guest", "something else");
  }

  private static Unwrapping refused(FindingCode code, String expected, String actual) {
    return new Unwrapping.Refused(List.of(Finding.of(code, expected, actual)));
  }
}

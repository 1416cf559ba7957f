package io.github.cvmattestation.attestation.spi;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.RsaPadding;

/**
 * A decryption key that was made in the guest, never leaves its hardware, and works only in the
 * state that the guest is in now: what a key service releases secrets to. Closing forgets it.
 */
public interface GuestKey extends AutoCloseable {
  /** Its public half. */
  PublicKeyInfo.Rsa publicKey();

  /**
   * Evidence about the machine that was made for this key, for a verifier of one's own: it is bound
   * to the nonce and, where the hardware's report carries user data, to {@link
   * io.github.cvmattestation.attestation.ReportData#binding} of nonce and key.
   */
  Evidence evidence();

  /**
   * What a token issuer wants to see: evidence about the machine in which this key is certified.
   * The media type says in which form.
   */
  Evidence statement();

  /**
   * Decrypts with the private half, in the hardware.
   *
   * @param ciphertext as long as the modulus
   * @throws io.github.cvmattestation.attestation.AttestationException if the hardware could not be
   *     asked
   */
  Decryption decrypt(Bytes ciphertext, RsaPadding padding);

  /** What came of it. */
  sealed interface Decryption {
    /** The message; whoever receives it closes it. */
    record Decrypted(SecretBytes message) implements Decryption {}

    /** The key does not work in this state, or the ciphertext is not for it. */
    record Refused(Finding finding) implements Decryption {}
  }

  @Override
  void close();
}

package io.github.cvmattestation.attestation.release;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.RsaPadding;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.GuestKey;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/** A guest key in software, and a service's way of wrapping keys to it: the JDK's, not ours. */
public final class SoftGuestKey implements GuestKey {
  private final KeyPair pair;

  /** Every message that was decrypted: whoever got it must have cleared it. */
  final List<byte[]> octets = new ArrayList<>();

  public SoftGuestKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    pair = generator.generateKeyPair();
  }

  /** OAEP of {@code aesKey}, followed by AES-KWP of {@code payload} under it. */
  public Bytes wrap(RsaPadding padding, byte[] aesKey, byte[] payload)
      throws GeneralSecurityException {
    return oaep(padding, aesKey).concat(kwp(aesKey, payload));
  }

  Bytes oaep(RsaPadding padding, byte[] message) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(Cipher.ENCRYPT_MODE, pair.getPublic(), parameters(padding));
    return Bytes.of(cipher.doFinal(message));
  }

  static Bytes kwp(byte[] aesKey, byte[] payload) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/KWP/NoPadding");
    cipher.init(Cipher.WRAP_MODE, new SecretKeySpec(aesKey, "AES"));
    return Bytes.of(cipher.wrap(new SecretKeySpec(payload, "any")));
  }

  private static AlgorithmParameterSpec parameters(RsaPadding padding) {
    String digest =
        switch (padding) {
          case OAEP_SHA1 -> "SHA-1";
          case OAEP_SHA256 -> "SHA-256";
          case OAEP_SHA384 -> "SHA-384";
          case RSAES_PKCS1 -> throw new IllegalArgumentException("no key is wrapped so");
        };
    return new OAEPParameterSpec(
        digest, "MGF1", new MGF1ParameterSpec(digest), PSource.PSpecified.DEFAULT);
  }

  @Override
  public PublicKeyInfo.Rsa publicKey() {
    try {
      return (PublicKeyInfo.Rsa) PublicKeyInfo.parse(Bytes.of(pair.getPublic().getEncoded()));
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public Evidence evidence() {
    return new Evidence("test/evidence", Bytes.empty());
  }

  @Override
  public Evidence statement() {
    throw new UnsupportedOperationException();
  }

  @Override
  public Decryption decrypt(Bytes ciphertext, RsaPadding padding) {
    try {
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
      cipher.init(Cipher.DECRYPT_MODE, pair.getPrivate(), parameters(padding));
      byte[] message = cipher.doFinal(ciphertext.toArray());
      octets.add(message);
      return new Decryption.Decrypted(new SecretBytes(message));
    } catch (GeneralSecurityException e) {
      return new Decryption.Refused(Finding.of(CoreFinding.NONCE_MISMATCH, "a", "b"));
    }
  }

  @Override
  public void close() {}
}

package io.github.cvmattestation.service;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.RsaPadding;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.azure.ReleaseFinding;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.MGF1ParameterSpec;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** A guest's key in software. */
final class SoftGuestKey implements GuestKey {
  private static final int BITS = 2048;

  private final Evidence evidence;
  private final KeyPair pair;

  SoftGuestKey(Evidence evidence) {
    this.evidence = evidence;
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS);
      pair = generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public PublicKeyInfo.Rsa publicKey() {
    try {
      return (PublicKeyInfo.Rsa) PublicKeyInfo.parse(Bytes.of(pair.getPublic().getEncoded()));
    } catch (MalformedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Evidence evidence() {
    return evidence;
  }

  @Override
  public Evidence statement() {
    return evidence;
  }

  @Override
  public Decryption decrypt(Bytes ciphertext, RsaPadding padding) {
    String digest = padding.name().replace("OAEP_SHA", "SHA-");
    try {
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
      cipher.init(
          Cipher.DECRYPT_MODE,
          pair.getPrivate(),
          new OAEPParameterSpec(
              digest, "MGF1", new MGF1ParameterSpec(digest), PSource.PSpecified.DEFAULT));
      return new Decryption.Decrypted(new SecretBytes(cipher.doFinal(ciphertext.toArray())));
    } catch (GeneralSecurityException e) {
      return new Decryption.Refused(
          Finding.of(ReleaseFinding.SKR_FORM, "a ciphertext for this key", "something else"));
    }
  }

  @Override
  public void close() {}
}

package io.github.cvmattestation.azure.internal.maa;

import io.github.cvmattestation.attestation.SecretBytes;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import javax.crypto.SecretKey;

/** An AES key in octets that their owner clears: {@code SecretKeySpec} would keep a copy. */
final class AesKey implements SecretKey {
  private static final long serialVersionUID = 1L;

  private final transient SecretBytes secret;

  AesKey(SecretBytes secret) {
    this.secret = secret;
  }

  @Override
  public String getAlgorithm() {
    return "AES";
  }

  @Override
  public String getFormat() {
    return "RAW";
  }

  /** A copy, as the interface demands: ciphers clear theirs. */
  @Override
  public byte[] getEncoded() {
    return secret.octets().clone();
  }

  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException("a secret");
  }

  @Override
  public String toString() {
    return "AesKey";
  }
}

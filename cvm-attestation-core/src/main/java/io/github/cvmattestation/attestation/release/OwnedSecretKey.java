package io.github.cvmattestation.attestation.release;

import io.github.cvmattestation.attestation.SecretBytes;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import javax.crypto.SecretKey;

/**
 * A symmetric key whose octets stay where their owner clears them. {@code SecretKeySpec} keeps a
 * copy that nobody can clear: its {@code destroy()} throws.
 */
final class OwnedSecretKey implements SecretKey {
  private static final long serialVersionUID = 1L;

  private final transient SecretBytes secret;
  private final String algorithm;

  OwnedSecretKey(SecretBytes secret, String algorithm) {
    this.secret = secret;
    this.algorithm = algorithm;
  }

  @Override
  public String getAlgorithm() {
    return algorithm;
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
    return "SecretKey[" + algorithm + "]";
  }
}

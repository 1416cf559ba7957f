package io.github.cvmattestation.attestation;

import java.util.Arrays;

/**
 * A secret in memory, such as one that a TPM has released. Closing clears it; Java keeps no promise
 * about copies that the garbage collector made before.
 */
public final class SecretBytes implements AutoCloseable {
  private final byte[] octets;
  private boolean closed;

  /**
   * @param octets owned by this from now on
   */
  public SecretBytes(byte[] octets) {
    this.octets = octets;
  }

  /**
   * The secret itself, not a copy: do not keep it longer than this.
   *
   * @throws IllegalStateException if this is closed, since zeros would pass for a secret
   */
  public byte[] octets() {
    if (closed) {
      throw new IllegalStateException("the secret has been cleared");
    }
    return octets;
  }

  @Override
  public void close() {
    closed = true;
    Arrays.fill(octets, (byte) 0);
  }

  /** Says nothing of the secret, its size neither. */
  @Override
  public String toString() {
    return "SecretBytes";
  }
}

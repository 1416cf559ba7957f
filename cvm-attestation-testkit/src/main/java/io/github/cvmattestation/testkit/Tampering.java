package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Arrays;

/** Small changes to finished evidence, for tests that expect a refusal. */
public final class Tampering {
  private Tampering() {}

  /** {@code whole} with one bit turned over: bit 0 is the lowest of the first byte. */
  public static Bytes flipBit(Bytes whole, int bit) {
    byte[] changed = whole.toArray();
    changed[bit / 8] ^= (byte) (1 << bit % 8);
    return Bytes.of(changed);
  }

  /** {@code whole} with {@code value} written over it at {@code offset}. */
  public static Bytes overwrite(Bytes whole, int offset, Bytes value) {
    byte[] changed = whole.toArray();
    value.copyTo(changed, offset);
    return Bytes.of(changed);
  }

  /** The first {@code size} bytes of {@code whole}, with zeros after it where it is shorter. */
  public static Bytes resize(Bytes whole, int size) {
    return Bytes.of(Arrays.copyOf(whole.toArray(), size));
  }
}

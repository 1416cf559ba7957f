package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Random;

/** Little-endian numbers and random bytes for encoders of tests. */
final class Le {
  private Le() {}

  static Bytes u16(long value) {
    return number(value, 2);
  }

  static Bytes u32(long value) {
    return number(value, 4);
  }

  static Bytes u64(long value) {
    return number(value, 8);
  }

  /** The number that {@code bytes} name. */
  static long read(Bytes bytes) {
    long value = 0;
    for (int i = bytes.size() - 1; i >= 0; i--) {
      value = value << 8 | bytes.get(i);
    }
    return value;
  }

  static Bytes random(Random random, int size) {
    byte[] drawn = new byte[size];
    random.nextBytes(drawn);
    return Bytes.of(drawn);
  }

  /** Bytes that tell their place: no two neighbours of 251 are alike. */
  static Bytes pattern(int start, int size) {
    byte[] pattern = new byte[size];
    for (int i = 0; i < size; i++) {
      pattern[i] = (byte) (1 + (start + i) % 251);
    }
    return Bytes.of(pattern);
  }

  private static Bytes number(long value, int size) {
    byte[] octets = new byte[size];
    for (int i = 0; i < size; i++) {
      octets[i] = (byte) (value >>> 8 * i);
    }
    return Bytes.of(octets);
  }
}

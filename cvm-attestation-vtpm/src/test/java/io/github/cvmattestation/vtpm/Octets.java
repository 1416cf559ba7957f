package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import java.io.ByteArrayOutputStream;

/** Big-endian encoder of the tests' own, so that a misreading is not shared with the parsers. */
final class Octets {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Octets u8(int value) {
    out.write(value);
    return this;
  }

  Octets u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  Octets u32(long value) {
    return u16((int) (value >>> 16)).u16((int) value);
  }

  Octets u64(long value) {
    return u32(value >>> 32).u32(value);
  }

  Octets raw(Bytes octets) {
    out.writeBytes(octets.toArray());
    return this;
  }

  /** TPM2B: a 16-bit size and the octets. */
  Octets sized(Bytes octets) {
    return u16(octets.size()).raw(octets);
  }

  Bytes toBytes() {
    return Bytes.of(out.toByteArray());
  }
}

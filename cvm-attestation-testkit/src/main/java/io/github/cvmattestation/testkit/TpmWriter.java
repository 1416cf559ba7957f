package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.io.ByteArrayOutputStream;

/** TPM structures on the wire: big-endian, a "2B" led by its size in two bytes. */
final class TpmWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  TpmWriter u8(int value) {
    out.write(value);
    return this;
  }

  TpmWriter u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  TpmWriter u32(long value) {
    return u16((int) (value >>> 16)).u16((int) value);
  }

  TpmWriter u64(long value) {
    return u32(value >>> 32).u32(value);
  }

  TpmWriter raw(Bytes value) {
    out.writeBytes(value.toArray());
    return this;
  }

  TpmWriter sized(Bytes value) {
    return u16(value.size()).raw(value);
  }

  Bytes bytes() {
    return Bytes.of(out.toByteArray());
  }

  /** TPM_ALG_ID of a message digest, by JCA name (TPM 2.0 Library, Part 2, section 6.3). */
  static int digestAlgorithm(String digest) {
    return switch (digest) {
      case "SHA-1" -> 0x0004;
      case "SHA-256" -> 0x000B;
      case "SHA-384" -> 0x000C;
      case "SHA-512" -> 0x000D;
      default -> throw new IllegalArgumentException("no digest of this name: " + digest);
    };
  }
}

package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.Bytes;
import java.io.ByteArrayOutputStream;

/** TPM structures on the wire: big-endian, a "2B" led by its size in two bytes. */
public final class TpmWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Nothing written yet. */
  public TpmWriter() {}

  /** An unsigned byte. */
  public TpmWriter u8(int value) {
    out.write(value);
    return this;
  }

  /** An unsigned 16-bit number. */
  public TpmWriter u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  /** An unsigned 32-bit number. */
  public TpmWriter u32(long value) {
    return u16((int) (value >>> 16)).u16((int) value);
  }

  /** An unsigned 64-bit number. */
  public TpmWriter u64(long value) {
    return u32(value >>> 32).u32(value);
  }

  /** Bytes as they are. */
  public TpmWriter raw(Bytes value) {
    return raw(value.toArray());
  }

  /** Bytes as they are. */
  public TpmWriter raw(byte[] value) {
    out.writeBytes(value);
    return this;
  }

  /** A "2B": a size in two bytes and that many bytes. */
  public TpmWriter sized(Bytes value) {
    return sized(value.toArray());
  }

  /** A "2B": a size in two bytes and that many bytes. */
  public TpmWriter sized(byte[] value) {
    return u16(value.length).raw(value);
  }

  /** What was written. */
  public Bytes bytes() {
    return Bytes.of(out.toByteArray());
  }

  /** What was written. */
  public byte[] array() {
    return out.toByteArray();
  }

  /** TPM_ALG_ID of a message digest, by JCA name (TPM 2.0 Library, Part 2, section 6.3). */
  public static int digestAlgorithm(String digest) {
    return switch (digest) {
      case "SHA-1" -> 0x0004;
      case "SHA-256" -> 0x000B;
      case "SHA-384" -> 0x000C;
      case "SHA-512" -> 0x000D;
      default -> throw new IllegalArgumentException("no digest of this name: " + digest);
    };
  }
}

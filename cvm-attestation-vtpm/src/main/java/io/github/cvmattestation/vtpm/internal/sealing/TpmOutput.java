package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Arrays;

/** Writes TPM structures: big-endian, one field after the other. What was written can be wiped. */
public final class TpmOutput {
  private byte[] octets = new byte[256];
  private int size;

  /** A byte. */
  public TpmOutput u8(int value) {
    reserve(1);
    octets[size++] = (byte) value;
    return this;
  }

  /** Two bytes. */
  public TpmOutput u16(int value) {
    return u8(value >> 8).u8(value);
  }

  /** Four bytes. */
  public TpmOutput u32(int value) {
    return u16(value >>> 16).u16(value);
  }

  /** Eight bytes. */
  public TpmOutput u64(long value) {
    return u32((int) (value >>> 32)).u32((int) value);
  }

  /** Bytes as they are. */
  public TpmOutput bytes(byte[] value) {
    reserve(value.length);
    System.arraycopy(value, 0, octets, size, value.length);
    size += value.length;
    return this;
  }

  /** Bytes as they are. */
  public TpmOutput bytes(Bytes value) {
    reserve(value.size());
    value.copyTo(octets, size);
    size += value.size();
    return this;
  }

  /** A u16 size and that many bytes (TPM2B). */
  public TpmOutput sized16(Bytes value) {
    return u16(value.size()).bytes(value);
  }

  /** A u16 size and that many bytes (TPM2B). */
  public TpmOutput sized16(byte[] value) {
    return u16(value.length).bytes(value);
  }

  /** A copy of what was written. */
  public byte[] toArray() {
    return Arrays.copyOf(octets, size);
  }

  /** Forgets what was written, in memory as well. */
  public void wipe() {
    Arrays.fill(octets, (byte) 0);
    size = 0;
  }

  private void reserve(int more) {
    if (octets.length - size < more) {
      byte[] grown = Arrays.copyOf(octets, Math.max(2 * octets.length, size + more));
      Arrays.fill(octets, (byte) 0);
      octets = grown;
    }
  }
}

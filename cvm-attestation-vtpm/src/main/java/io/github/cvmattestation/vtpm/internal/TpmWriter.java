package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Arrays;

/**
 * Big-endian fields of a command. At most 64 KiB, and wiped after use: commands carry authorisation
 * values and secrets, and a growing array must not leave copies behind.
 */
public final class TpmWriter {
  private byte[] array = new byte[256];
  private int size;

  /** A byte. */
  public TpmWriter u8(int value) {
    reserve(1);
    array[size++] = (byte) value;
    return this;
  }

  /** 16 bits. */
  public TpmWriter u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  /** 32 bits. */
  public TpmWriter u32(long value) {
    return u16((int) (value >>> 16)).u16((int) value);
  }

  /** Octets as they are. */
  public TpmWriter raw(byte[] octets) {
    reserve(octets.length);
    System.arraycopy(octets, 0, array, size, octets.length);
    size += octets.length;
    return this;
  }

  /** Octets as they are. */
  public TpmWriter raw(Bytes octets) {
    return raw(octets.toArray());
  }

  /** TPM2B: a 16-bit size and the octets (Part 2, section 10.4). */
  public TpmWriter sized(byte[] octets) {
    if (octets.length > 0xFFFF) {
      throw new IllegalArgumentException("a TPM2B has at most 65535 bytes, not " + octets.length);
    }
    return u16(octets.length).raw(octets);
  }

  /** TPM2B. */
  public TpmWriter sized(Bytes octets) {
    return sized(octets.toArray());
  }

  /** A copy of what was written. */
  public byte[] toArray() {
    return Arrays.copyOf(array, size);
  }

  /** A copy of what was written, and no trace of it here. */
  public byte[] take() {
    byte[] taken = toArray();
    wipe();
    return taken;
  }

  /** Zeroes and forgets what was written. */
  public void wipe() {
    Arrays.fill(array, (byte) 0);
    size = 0;
  }

  private void reserve(int more) {
    if (size + more > array.length) {
      byte[] old = array;
      array = Arrays.copyOf(old, Math.max(2 * old.length, size + more));
      Arrays.fill(old, (byte) 0);
    }
  }
}

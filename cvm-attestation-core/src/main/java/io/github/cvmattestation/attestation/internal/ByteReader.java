package io.github.cvmattestation.attestation.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;

/**
 * Reads a binary structure field by field: named, bounded, and to its last byte.
 *
 * <p>Offsets are where parsers die, so there are none: a reader only moves forward, checks what is
 * left before it touches or allocates anything, and {@link #end} refuses trailing bytes.
 */
public final class ByteReader {
  private final String structure;
  private final Bytes input;
  private final boolean littleEndian;
  private int at;

  private ByteReader(String structure, Bytes input, boolean littleEndian) {
    this.structure = structure;
    this.input = input;
    this.littleEndian = littleEndian;
  }

  /** A reader of little-endian fields; {@code structure} is the name its specification gives. */
  public static ByteReader littleEndian(String structure, Bytes input) {
    return new ByteReader(structure, input, true);
  }

  /** A reader of big-endian fields. */
  public static ByteReader bigEndian(String structure, Bytes input) {
    return new ByteReader(structure, input, false);
  }

  /** How many bytes are left. */
  public int remaining() {
    return input.size() - at;
  }

  /** How many bytes have been read. */
  public int offset() {
    return at;
  }

  /** An unsigned byte. */
  public int u8(String field) throws MalformedException {
    return (int) number(field, 1);
  }

  /** An unsigned 16-bit number. */
  public int u16(String field) throws MalformedException {
    return (int) number(field, 2);
  }

  /** An unsigned 32-bit number, widened. */
  public long u32(String field) throws MalformedException {
    return number(field, 4);
  }

  /** An unsigned 64-bit number; compare with {@link Long#compareUnsigned}. */
  public long u64(String field) throws MalformedException {
    return number(field, 8);
  }

  /** The next {@code size} bytes. The size may come from the input: it is checked first. */
  public Bytes bytes(String field, long size) throws MalformedException {
    if (size < 0 || size > remaining()) {
      throw malformed(field, "at least " + size + " bytes", remaining() + " left");
    }
    Bytes read = input.slice(at, at + (int) size);
    at += (int) size;
    return read;
  }

  /** A u16 size and that many bytes (TPM2B; TPM 2.0 Part 2, section 10.4), at most {@code max}. */
  public Bytes sized16(String field, int max) throws MalformedException {
    int size = u16(field + ".size");
    if (size > max) {
      throw malformed(field, "at most " + max + " bytes", size + " bytes");
    }
    return bytes(field, size);
  }

  /** Bytes that must be zero. */
  public void reserved(int size) throws MalformedException {
    int from = at;
    if (!bytes("reserved", size).isZero()) {
      throw new MalformedException(
          "%s at bytes %d to %d".formatted(structure, from, at - 1), "reserved zeros", "other");
    }
  }

  /** Refuses bytes after the structure's end. */
  public void end() throws MalformedException {
    if (remaining() != 0) {
      throw malformed("end", "nothing more", remaining() + " bytes more");
    }
  }

  /** A refusal that names this structure, {@code field} and where reading stands. */
  public MalformedException malformed(String field, String expected, String actual) {
    return new MalformedException(
        "%s.%s at byte %d".formatted(structure, field, at), expected, actual);
  }

  private long number(String field, int size) throws MalformedException {
    if (size > remaining()) {
      throw malformed(field, size + " bytes", remaining() + " left");
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      int octet = input.get(littleEndian ? at + size - 1 - i : at + i);
      value = value << 8 | octet;
    }
    at += size;
    return value;
  }
}

package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;

/** A structure of fixed size whose fields are set in any order, little-endian. */
final class FieldBuffer {
  private final byte[] content;

  FieldBuffer(int size) {
    content = new byte[size];
  }

  /** Writes {@code value}, which must have {@code size} bytes. */
  void bytes(int offset, int size, Bytes value) {
    if (value.size() != size) {
      throw new IllegalArgumentException(
          "%d bytes at %d, not %d".formatted(size, offset, value.size()));
    }
    value.copyTo(content, offset);
  }

  /** Writes the lowest {@code size} bytes of {@code value}, lowest first. */
  void number(int offset, int size, long value) {
    for (int i = 0; i < size; i++) {
      content[offset + i] = (byte) (value >>> (8 * i));
    }
  }

  /** The bytes from {@code from} (inclusive) to {@code to} (exclusive). */
  Bytes slice(int from, int to) {
    return Bytes.of(content).slice(from, to);
  }

  /** {@code size} bytes of a number, lowest first. */
  static Bytes littleEndian(int size, long value) {
    FieldBuffer buffer = new FieldBuffer(size);
    buffer.number(0, size, value);
    return buffer.slice(0, size);
  }
}

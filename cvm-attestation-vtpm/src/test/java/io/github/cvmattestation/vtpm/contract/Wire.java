package io.github.cvmattestation.vtpm.contract;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Raw bytes of commands, big-endian, written without the client's codec. It remembers where fields
 * lie, so that one can be damaged.
 */
final class Wire {
  /** Where a field lies. */
  record Field(int offset, int size) {}

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<Field> fields = new ArrayList<>();

  Wire u8(int value) {
    return field(new byte[] {(byte) value});
  }

  Wire u16(int value) {
    return field(new byte[] {(byte) (value >> 8), (byte) value});
  }

  Wire u32(int value) {
    return field(ByteBuffer.allocate(4).putInt(value).array());
  }

  /** A number that is never damaged. */
  Wire firm(int value) {
    out.writeBytes(be(value));
    return this;
  }

  Wire raw(byte[] bytes) {
    return field(bytes);
  }

  /** A TPM2B: size and bytes. */
  Wire sized(byte[] bytes) {
    u16(bytes.length);
    return bytes.length == 0 ? this : field(bytes);
  }

  /** A TPM2B of a structure. */
  Wire sized(Wire inner) {
    return u16(inner.out.size()).all(inner);
  }

  Wire all(Wire inner) {
    int start = out.size();
    inner.fields.forEach(f -> fields.add(new Field(start + f.offset(), f.size())));
    out.writeBytes(inner.bytes());
    return this;
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  List<Field> fields() {
    return fields;
  }

  private Wire field(byte[] bytes) {
    fields.add(new Field(out.size(), bytes.length));
    out.writeBytes(bytes);
    return this;
  }

  static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  static byte[] be(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }
}

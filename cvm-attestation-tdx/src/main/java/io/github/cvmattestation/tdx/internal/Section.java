package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.TdxFinding;

/**
 * One of the nested parts of a quote. Every size in a quote is the sender's word: a part that
 * reaches past what holds it, or leaves something over, is told apart from a wrong value.
 */
final class Section {
  private final String name;
  private final ByteReader in;

  Section(String name, Bytes content) {
    this.name = name;
    this.in = ByteReader.littleEndian(name, content);
  }

  /** The next {@code size} bytes, which must be there. */
  Bytes bytes(String field, long size) throws RefutedException, MalformedException {
    requireRoom(field, size);
    return in.bytes(field, size);
  }

  int u16(String field) throws RefutedException, MalformedException {
    requireRoom(field, Short.BYTES);
    return in.u16(field);
  }

  long u32(String field) throws RefutedException, MalformedException {
    requireRoom(field, Integer.BYTES);
    return in.u32(field);
  }

  void reserved(int size) throws RefutedException, MalformedException {
    requireRoom("reserved", size);
    in.reserved(size);
  }

  int offset() {
    return in.offset();
  }

  /** All that is left. */
  Bytes rest() throws MalformedException {
    return in.bytes("rest", in.remaining());
  }

  /** Refuses what is left. */
  void end() throws RefutedException {
    if (in.remaining() != 0) {
      throw length("an end after " + in.offset() + " bytes", in.remaining() + " bytes more");
    }
  }

  private void requireRoom(String field, long size) throws RefutedException {
    if (size > in.remaining()) {
      throw length("%s of %d bytes".formatted(field, size), in.remaining() + " bytes left");
    }
  }

  private RefutedException length(String expected, String actual) {
    return new RefutedException(Finding.of(TdxFinding.TDX_LENGTH, name + ": " + expected, actual));
  }
}

package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;

/**
 * Reads a log forward, field by field: a {@link
 * io.github.cvmattestation.attestation.internal.ByteReader} for the one structure of which there
 * are so many that reading them costs as much as hashing them. It differs in that it cuts nothing
 * out: of what lies in the log it tells the place. It is as strict, and says the same.
 */
final class LogCursor {
  private final Bytes log;
  private final int size;
  private int at;

  LogCursor(Bytes log, int at) {
    this.log = log;
    this.size = log.size();
    this.at = at;
  }

  /** How many bytes have been read. */
  int offset() {
    return at;
  }

  /** An unsigned 16-bit number. */
  int u16(String field) throws MalformedException {
    return u16(log, number(field, Short.BYTES));
  }

  /** An unsigned 32-bit number, widened. */
  long u32(String field) throws MalformedException {
    return u32(log, number(field, Integer.BYTES));
  }

  /** Passes over {@code length} bytes, of which as many are there, and tells where they begin. */
  int pass(String field, long length) throws MalformedException {
    if (length < 0 || length > size - at) {
      throw malformed(field, "at least " + length + " bytes", size - at + " left");
    }
    int from = at;
    at += (int) length;
    return from;
  }

  /** A refusal that names {@code field} and where reading stands. */
  MalformedException malformed(String field, String expected, String actual) {
    return malformed(field, at, expected, actual);
  }

  /** A refusal that names {@code field} and where reading stood. */
  static MalformedException malformed(String field, int at, String expected, String actual) {
    return new MalformedException("event log.%s at byte %d".formatted(field, at), expected, actual);
  }

  /** The unsigned 16-bit number at {@code from}, little-endian. */
  static int u16(Bytes octets, int from) {
    return octets.get(from) | octets.get(from + 1) << 8;
  }

  /** The unsigned 32-bit number at {@code from}, little-endian. */
  static long u32(Bytes octets, int from) {
    return octets.u32LittleEndian(from);
  }

  private int number(String field, int length) throws MalformedException {
    if (length > size - at) {
      throw malformed(field, length + " bytes", size - at + " left");
    }
    int from = at;
    at += length;
    return from;
  }
}

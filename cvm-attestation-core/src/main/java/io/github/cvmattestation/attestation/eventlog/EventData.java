package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The data of one event after another, and the question which part of it is what was measured. The
 * buffers are the same for all of them.
 */
final class EventData {
  private final ParsedLog log;
  private final MessageDigest hash;
  private final KnownData.Digested digested;
  private final byte[] expected;
  private final byte[] actual;

  private Bytes data = Bytes.empty();
  private @Nullable KnownData known;
  private int from;
  private int to;

  /**
   * @param hash of the log's bank, unfed
   */
  EventData(ParsedLog log, MessageDigest hash) {
    this.log = log;
    this.hash = hash;
    this.digested = KnownData.Digested.in(log.algorithm());
    this.expected = new byte[log.algorithm().digestSize()];
    this.actual = new byte[expected.length];
  }

  /** Goes to an event. */
  void at(int event) {
    log.digest(event).copyTo(expected, 0);
    data = log.data(event);
    known = digested.find(expected);
  }

  /** What the event's digest is of, if that is known without looking at its data. */
  @Nullable KnownData known() {
    return known;
  }

  int size() {
    return data.size();
  }

  int get(int index) {
    return data.get(index);
  }

  /** The unsigned 32-bit number at {@code from}, little-endian. */
  long u32(int from) {
    return LogCursor.u32(data, from);
  }

  boolean startsWith(Bytes prefix) {
    // Most data differs in the first octet.
    return data.size() >= prefix.size() && data.get(0) == prefix.get(0) && data.startsWith(prefix);
  }

  /** Whether the hash of these bytes is the event's digest. */
  boolean isMeasured(int from, int to) {
    Bytes part = data.slice(from, to);
    if (known == null ? !isHashOf(part) : !part.equals(known.data())) {
      return false;
    }
    this.from = from;
    this.to = to;
    return true;
  }

  /** Where the part begins of which {@link #isMeasured} was true. */
  int from() {
    return from;
  }

  /** Where it ends. */
  int to() {
    return to;
  }

  private boolean isHashOf(Bytes part) {
    part.update(hash);
    try {
      hash.digest(actual, 0, actual.length);
    } catch (DigestException e) {
      throw new IllegalStateException("a digest is as long as a digest", e);
    }
    return Arrays.equals(actual, expected);
  }
}

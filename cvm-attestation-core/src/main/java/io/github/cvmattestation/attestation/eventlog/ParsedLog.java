package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.Arrays;

/**
 * One bank of a well-formed log of which nothing is believed yet; it never leaves this package. Its
 * events are those that say of themselves that they were extended, in order; remarks are left out.
 *
 * <p>An event is a number, and what is known of it are places in the log: a log has hundreds, and
 * an object for each would cost as much as hashing it.
 */
final class ParsedLog {
  private static final int FIELDS = 5;
  private static final int TYPE = 1;
  private static final int DIGEST = 2;
  private static final int DATA = 3;
  private static final int DATA_SIZE = 4;

  /** As many events as a boot has; the room doubles for more. */
  private static final int USUAL = 128;

  private final Bytes log;
  private final HashAlgorithm algorithm;
  private final int digestSize;
  private final int locality;
  private final int size;
  private final int[] events;

  private ParsedLog(Bytes log, HashAlgorithm algorithm, int locality, int size, int[] events) {
    this.log = log;
    this.algorithm = algorithm;
    this.digestSize = algorithm.digestSize();
    this.locality = locality;
    this.size = size;
    this.events = events;
  }

  /** The bank. */
  HashAlgorithm algorithm() {
    return algorithm;
  }

  /** The locality from which the TPM was started: what PCR 0 begins with. */
  int locality() {
    return locality;
  }

  /** How many events there are; they are numbered from 0. */
  int size() {
    return size;
  }

  /** The number of the register that an event extends, from 0. */
  int register(int event) {
    return events[event * FIELDS];
  }

  /** What an event calls itself, unsigned 32 bits. */
  long type(int event) {
    return Integer.toUnsignedLong(events[event * FIELDS + TYPE]);
  }

  /** An event's digest in the bank. */
  Bytes digest(int event) {
    int from = events[event * FIELDS + DIGEST];
    return log.slice(from, from + digestSize);
  }

  /** An event's data. */
  Bytes data(int event) {
    int from = events[event * FIELDS + DATA];
    return log.slice(from, from + events[event * FIELDS + DATA_SIZE]);
  }

  /** The same log with one event more, which no log holds. */
  ParsedLog with(int register, long type, Bytes digest, Bytes data) {
    Builder longer = new Builder(log.concat(digest, data));
    longer.events = Arrays.copyOf(events, (size + 1) * FIELDS);
    longer.size = size;
    longer.add(register, type, log.size(), log.size() + digest.size(), data.size());
    return longer.build(algorithm, locality);
  }

  /** Takes events while a log is read. */
  static final class Builder {
    private final Bytes log;
    private int[] events = new int[USUAL * FIELDS];
    private int size;

    /**
     * @param log what the places of the events are in
     */
    Builder(Bytes log) {
      this.log = log;
    }

    /**
     * An event whose digest and data lie in the log at these places.
     *
     * @param type unsigned 32 bits
     */
    void add(int register, long type, int digest, int data, int dataSize) {
      int at = size * FIELDS;
      if (at == events.length) {
        events = Arrays.copyOf(events, 2 * at);
      }
      events[at] = register;
      events[at + TYPE] = (int) type;
      events[at + DIGEST] = digest;
      events[at + DATA] = data;
      events[at + DATA_SIZE] = dataSize;
      size++;
    }

    ParsedLog build(HashAlgorithm algorithm, int locality) {
      return new ParsedLog(log, algorithm, locality, size, events);
    }
  }
}

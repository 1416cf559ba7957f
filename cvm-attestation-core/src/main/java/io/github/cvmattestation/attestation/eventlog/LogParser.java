package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.util.List;

/**
 * Reads a log to its last byte, in the crypto-agile format or in the older one that has SHA-1 alone
 * (TCG PFP §10). Which of them it is, the first event tells.
 */
final class LogParser {
  private static final int SHA1_SIZE = HashAlgorithm.SHA1.digestSize();
  private static final int PADDING_ZERO = 0x00;
  private static final int PADDING_ONES = 0xFF;

  private final Bytes log;
  private final RegisterKind kind;
  private final boolean agile;
  private final List<HashAlgorithm> algorithms;

  /** Of {@link #algorithms}, in the same order: every event has them. */
  private final int[] ids;

  private final int[] sizes;

  /** The size of an event's TPML_DIGEST_VALUES. */
  private final int digestsSize;

  private final int start;

  private LogParser(Bytes log, RegisterKind kind) throws MalformedException, RefutedException {
    this.log = log;
    this.kind = kind;
    ByteReader in = ByteReader.littleEndian("event log", log);
    long index = in.u32("pcrIndex");
    if (!kind.knows(index)) {
      throw badIndex(index);
    }
    long type = in.u32("eventType");
    boolean remark = type == EventType.EV_NO_ACTION.id();
    if (!remark && !kind.hasLegacyLogs()) {
      throw in.malformed("eventType", "EV_NO_ACTION with a Spec ID", "0x%08x".formatted(type));
    }
    Bytes digest = in.bytes("digest", SHA1_SIZE);
    Bytes data = in.bytes("event", dataSize(in.u32("eventSize")));
    this.agile = remark && !(kind.hasLegacyLogs() && SpecIdEvent.isLegacy(data));
    if (agile && !digest.isZero()) {
      throw in.malformed("digest", "zeros in the Spec ID event", digest.abbreviated());
    }
    this.algorithms = agile ? SpecIdEvent.read(data) : List.of(HashAlgorithm.SHA1);
    this.ids = new int[algorithms.size()];
    this.sizes = new int[ids.length];
    int total = Integer.BYTES;
    for (int i = 0; i < ids.length; i++) {
      ids[i] = algorithms.get(i).id();
      sizes[i] = algorithms.get(i).digestSize();
      total += Short.BYTES + sizes[i];
    }
    this.digestsSize = total;
    // The first event of an older log is an event like any other.
    this.start = agile ? in.offset() : 0;
  }

  /** Reads the first event. */
  static LogParser open(Bytes log, RegisterKind kind) throws RefutedException {
    if (log.size() > EventLog.MAX_SIZE) {
      throw limit(log.size());
    }
    if (runsOut(log, 0, PADDING_ZERO) || endsAt(log, kind, 0)) {
      throw new RefutedException(
          Finding.of(
              LogFinding.LOG_EMPTY,
              "an event log",
              log.isEmpty() ? "no bytes" : log.size() + " bytes of padding"));
    }
    try {
      return new LogParser(log, kind);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(LogFinding.LOG_FORMAT));
    }
  }

  /** Those that every event has a digest of, in the order of the Spec ID event. */
  List<HashAlgorithm> algorithms() {
    return algorithms;
  }

  /** All events, with their digests in the bank of {@code wanted}, one of {@link #algorithms}. */
  ParsedLog parse(HashAlgorithm wanted) throws RefutedException {
    try {
      return events(wanted);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(LogFinding.LOG_FORMAT));
    }
  }

  private ParsedLog events(HashAlgorithm wanted) throws MalformedException, RefutedException {
    LogCursor in = new LogCursor(log, start);
    int place = place(wanted);
    ParsedLog.Builder events = new ParsedLog.Builder(log);
    StartupLocality locality = new StartupLocality(kind);
    while (!endsAt(log, kind, in.offset())) {
      long index = in.u32("pcrIndex");
      long type = in.u32("eventType");
      int register = kind.register(index);
      boolean extended = type != EventType.EV_NO_ACTION.id();
      if (extended ? register < 0 : !kind.knows(index)) {
        throw badIndex(index);
      }
      int digest;
      if (agile) {
        boolean usual = inDeclaredOrder(in.offset());
        digest = usual ? in.offset() + place : digest(in.offset(), wanted);
        in.pass("digests", digestsSize);
      } else {
        digest = in.pass("digest", SHA1_SIZE);
      }
      int size = dataSize(in.u32("eventSize"));
      int data = in.pass("event", size);
      if (extended) {
        locality.extended(register);
        events.add(register, type, digest, data, size);
      } else {
        locality.remark(in.offset(), register, log.slice(data, data + size));
      }
    }
    return events.build(wanted, locality.value());
  }

  /**
   * Whether a well-formed TPML_DIGEST_VALUES is here in the order of the Spec ID event, as in all
   * logs that are known. Where it is not, {@link #digest} says what it is instead.
   */
  private boolean inDeclaredOrder(int from) {
    if (digestsSize > log.size() - from || LogCursor.u32(log, from) != ids.length) {
      return false;
    }
    int at = from + Integer.BYTES;
    for (int i = 0; i < ids.length; i++) {
      if (LogCursor.u16(log, at) != ids[i]) {
        return false;
      }
      at += Short.BYTES + sizes[i];
    }
    return true;
  }

  /** Where in a TPML_DIGEST_VALUES of that order the wanted digest is. */
  private int place(HashAlgorithm wanted) {
    int at = Integer.BYTES;
    for (int i = 0; ids[i] != wanted.id(); i++) {
      at += Short.BYTES + sizes[i];
    }
    return at + Short.BYTES;
  }

  /**
   * TPML_DIGEST_VALUES with each algorithm of the Spec ID event, once, in any order (§10.2.2).
   *
   * @return where in the log the wanted digest is
   */
  private int digest(int from, HashAlgorithm wanted) throws MalformedException {
    LogCursor in = new LogCursor(log, from);
    long count = in.u32("digests.count");
    if (count != ids.length) {
      throw in.malformed("digests.count", Integer.toString(ids.length), Long.toString(count));
    }
    int found = 0;
    int seen = 0;
    for (int i = 0; i < ids.length; i++) {
      int id = in.u16("digests.hashAlg");
      int declared = declared(id);
      if (declared < 0) {
        throw in.malformed("digests.hashAlg", "one of " + algorithms, "0x%04x".formatted(id));
      }
      if ((seen & 1 << declared) != 0) {
        throw in.malformed(
            "digests.hashAlg", "each algorithm once", algorithms.get(declared) + " again");
      }
      seen |= 1 << declared;
      int digest = in.pass("digests.digest", sizes[declared]);
      if (id == wanted.id()) {
        found = digest;
      }
    }
    // As many as declared, each declared and none twice: the wanted one is among them.
    return found;
  }

  /** Which of the declared algorithms this is, or -1. */
  private int declared(int id) {
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] == id) {
        return i;
      }
    }
    return -1;
  }

  private static int dataSize(long size) throws RefutedException {
    if (size > EventLog.MAX_SIZE) {
      throw limit(size);
    }
    return (int) size;
  }

  /** Whether the log ends here: by its length or, where that is allowed, in padding of one kind. */
  private static boolean endsAt(Bytes log, RegisterKind kind, int offset) {
    if (offset == log.size()) {
      return true;
    }
    if (!kind.padded()) {
      return false;
    }
    int first = log.get(offset);
    return (first == PADDING_ZERO || first == PADDING_ONES) && runsOut(log, offset, first);
  }

  /**
   * Whether there is nothing but {@code octet} from here on. Stops at the first that is another.
   */
  private static boolean runsOut(Bytes log, int offset, int octet) {
    int at = offset;
    while (at < log.size() && log.get(at) == octet) {
      at++;
    }
    return at == log.size();
  }

  private RefutedException badIndex(long index) {
    return new RefutedException(
        Finding.of(
            LogFinding.LOG_INDEX,
            "the log's index of one of " + kind.label(0) + " to " + kind.label(kind.count() - 1),
            "index " + index));
  }

  private static RefutedException limit(long size) {
    return new RefutedException(
        Finding.of(
            LogFinding.LOG_LIMIT, "at most " + EventLog.MAX_SIZE + " bytes", size + " bytes"));
  }
}

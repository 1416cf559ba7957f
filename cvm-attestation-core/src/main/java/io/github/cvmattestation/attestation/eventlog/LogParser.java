package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/** Reads the crypto-agile log format (TCG PFP §10), to its last byte. */
final class LogParser {
  private static final int SHA1_SIZE = 20;
  private static final int PADDING_ZERO = 0x00;
  private static final int PADDING_ONES = 0xFF;

  private final Bytes log;
  private final RegisterKind kind;

  private LogParser(Bytes log, RegisterKind kind) {
    this.log = log;
    this.kind = kind;
  }

  static ParsedLog parse(Bytes log, RegisterKind kind) throws RefutedException {
    if (log.size() > EventLog.MAX_SIZE) {
      throw limit(log.size());
    }
    LogParser parser = new LogParser(log, kind);
    if (parser.endsAt(0)) {
      throw new RefutedException(
          Finding.of(
              LogFinding.LOG_EMPTY,
              "an event log",
              log.isEmpty() ? "no bytes" : log.size() + " bytes of padding"));
    }
    try {
      return parser.parse();
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(LogFinding.LOG_FORMAT));
    }
  }

  private ParsedLog parse() throws MalformedException, RefutedException {
    ByteReader in = ByteReader.littleEndian("event log", log);
    List<HashAlgorithm> algorithms = SpecIdEvent.read(header(in));
    List<ParsedLog.Event> events = new ArrayList<>();
    while (!endsAt(in.offset())) {
      long index = in.u32("pcrIndex");
      long type = in.u32("eventType");
      OptionalInt register = kind.register(index);
      boolean extended = type != EventType.EV_NO_ACTION.id();
      if (extended ? register.isEmpty() : !kind.knows(index)) {
        throw badIndex(index);
      }
      Map<HashAlgorithm, Bytes> digests = digests(in, algorithms);
      Bytes data = data(in);
      if (extended) {
        events.add(new ParsedLog.Event(register.getAsInt(), type, digests, data));
      }
    }
    return new ParsedLog(algorithms, events);
  }

  /** The first event has the older format, so that any reader can tell what follows (§10.2.1). */
  private Bytes header(ByteReader in) throws MalformedException, RefutedException {
    long index = in.u32("pcrIndex");
    if (!kind.knows(index)) {
      throw badIndex(index);
    }
    long type = in.u32("eventType");
    if (type != EventType.EV_NO_ACTION.id()) {
      throw in.malformed("eventType", "EV_NO_ACTION with a Spec ID", "0x%08x".formatted(type));
    }
    in.reserved(SHA1_SIZE);
    return data(in);
  }

  /** TPML_DIGEST_VALUES with each algorithm of the Spec ID event, once, in any order (§10.2.2). */
  private static Map<HashAlgorithm, Bytes> digests(ByteReader in, List<HashAlgorithm> algorithms)
      throws MalformedException {
    long count = in.u32("digests.count");
    if (count != algorithms.size()) {
      throw in.malformed(
          "digests.count", Integer.toString(algorithms.size()), Long.toString(count));
    }
    Map<HashAlgorithm, Bytes> digests = new EnumMap<>(HashAlgorithm.class);
    for (int i = 0; i < count; i++) {
      int id = in.u16("digests.hashAlg");
      HashAlgorithm algorithm =
          HashAlgorithm.ofId(id)
              .filter(algorithms::contains)
              .orElseThrow(
                  () ->
                      in.malformed(
                          "digests.hashAlg", "one of " + algorithms, "0x%04x".formatted(id)));
      if (digests.put(algorithm, in.bytes("digests.digest", algorithm.digestSize())) != null) {
        throw in.malformed("digests.hashAlg", "each algorithm once", algorithm + " again");
      }
    }
    return digests;
  }

  private static Bytes data(ByteReader in) throws MalformedException, RefutedException {
    long size = in.u32("eventSize");
    if (size > EventLog.MAX_SIZE) {
      throw limit(size);
    }
    return in.bytes("event", size);
  }

  /** Whether the log ends here: by its length or, where that is allowed, in padding of one kind. */
  private boolean endsAt(int offset) {
    if (offset == log.size()) {
      return true;
    }
    int first = log.get(offset);
    if (!kind.padded() || (first != PADDING_ZERO && first != PADDING_ONES)) {
      return false;
    }
    int at = offset;
    while (at < log.size() && log.get(at) == first) {
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

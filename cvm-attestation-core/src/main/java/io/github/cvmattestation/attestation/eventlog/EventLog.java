package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The one door to an event log. A log is never merely parsed: it is replayed and compared, and who
 * gets events out of it knows that their digests are a register's true history.
 *
 * <p>Whatever the bytes are, the answer is a {@link Replay}; nothing is thrown for them.
 */
public final class EventLog {
  /** The longest log that is read, in bytes. Real ones have 20 to 256 KiB, padding included. */
  public static final int MAX_SIZE = 1 << 20;

  private EventLog() {}

  /**
   * Replays a log and compares it with registers.
   *
   * @param log the log as firmware and kernel keep it, in the crypto-agile format: little-endian, a
   *     Spec ID event and then TCG_PCR_EVENT2 records (TCG PFP §10). For {@link RegisterKind#RTMR},
   *     the bytes of the memory area that the CCEL table describes: padding after the last event
   *     must be all 0x00 or all 0xFF.
   * @param expected values of registers; events of registers that are not among them are left out
   * @return {@link Replay.Equal} if the log adds up to every one of them and keeps the rules about
   *     event data and separators; else {@link Replay.Different}, or {@link Replay.Refused} with
   *     the reason
   */
  public static Replay replay(Bytes log, RegisterBank expected) {
    try {
      ParsedLog parsed = LogParser.parse(log, expected.kind());
      requireBank(parsed, expected.algorithm());
      RegisterBank replayed =
          narrow(Registers.replay(parsed, expected.kind(), expected.algorithm()), expected);
      List<Replay.Mismatch> mismatches = compare(expected, replayed);
      if (!mismatches.isEmpty()) {
        return new Replay.Different(replayed, mismatches);
      }
      return new Replay.Equal(expected, new LogRules(expected).believe(parsed));
    } catch (RefutedException e) {
      return new Replay.Refused(e.finding());
    }
  }

  /**
   * Replays a log that nothing can be compared with, in every bank that it and the registers have.
   * The rules about event data and separators hold all the same. There are no events: without
   * registers to agree with, anybody can write a log.
   *
   * @param log as for {@link #replay}
   * @param kind the registers that the log is about
   * @return {@link Replay.Computed}, or {@link Replay.Refused} with the reason
   */
  public static Replay compute(Bytes log, RegisterKind kind) {
    try {
      ParsedLog parsed = LogParser.parse(log, kind);
      List<RegisterBank> banks = new ArrayList<>();
      for (HashAlgorithm algorithm : parsed.algorithms()) {
        if (kind.has(algorithm)) {
          RegisterBank bank = Registers.replay(parsed, kind, algorithm);
          new LogRules(bank).check(parsed);
          banks.add(bank);
        }
      }
      if (banks.isEmpty()) {
        throw noBank(parsed, "sha384");
      }
      return new Replay.Computed(banks);
    } catch (RefutedException e) {
      return new Replay.Refused(e.finding());
    }
  }

  private static void requireBank(ParsedLog log, HashAlgorithm algorithm) throws RefutedException {
    if (!log.algorithms().contains(algorithm)) {
      throw noBank(log, algorithm.bankName());
    }
  }

  private static RefutedException noBank(ParsedLog log, String wanted) {
    return new RefutedException(
        Finding.of(
            LogFinding.LOG_BANK,
            wanted,
            String.join(", ", log.algorithms().stream().map(HashAlgorithm::bankName).toList())));
  }

  /** Those registers of {@code all} that {@code wanted} has. */
  private static RegisterBank narrow(RegisterBank all, RegisterBank wanted) {
    TreeMap<Integer, Bytes> values = new TreeMap<>(all.values());
    values.keySet().retainAll(wanted.values().keySet());
    return RegisterBank.trusted(all.kind(), all.algorithm(), values);
  }

  private static List<Replay.Mismatch> compare(RegisterBank expected, RegisterBank replayed) {
    List<Replay.Mismatch> mismatches = new ArrayList<>();
    for (Map.Entry<Integer, Bytes> entry : replayed.values().entrySet()) {
      Bytes held = expected.value(entry.getKey()).orElseThrow();
      if (!held.equals(entry.getValue())) {
        mismatches.add(new Replay.Mismatch(entry.getKey(), held, entry.getValue()));
      }
    }
    return mismatches;
  }
}

package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

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
   * @param log the log as firmware and kernel keep it, little-endian (TCG PFP §10): a Spec ID event
   *     and then TCG_PCR_EVENT2 records, or, of PCRs alone, the older TCG_PCClientPCREvent records
   *     with nothing but SHA-1. For {@link RegisterKind#RTMR}, the bytes of the memory area that
   *     the CCEL table describes: padding after the last event must be all 0x00 or all 0xFF.
   * @param expected values of registers; events of registers that are not among them are left out
   * @return {@link Replay.Equal} if the log adds up to every one of them and keeps the rules about
   *     event data and separators; else {@link Replay.Different}, or {@link Replay.Refused} with
   *     the reason
   */
  public static Replay replay(Bytes log, RegisterBank expected) {
    return replay(log, expected, false);
  }

  /**
   * As {@link #replay(Bytes, RegisterBank)}, with the registers of several banks at hand, such as
   * those of a quote.
   *
   * @param banks what is known, in any order
   * @param algorithm the bank to compare; {@link Replay.Refused} if it is not among them
   */
  public static Replay replay(Bytes log, Collection<RegisterBank> banks, HashAlgorithm algorithm) {
    for (RegisterBank bank : banks) {
      if (bank.algorithm() == algorithm) {
        return replay(log, bank);
      }
    }
    return new Replay.Refused(
        noBank(banks.stream().map(RegisterBank::algorithm).toList(), algorithm.bankName())
            .finding());
  }

  /**
   * As {@link #replay(Bytes, RegisterBank)}, for firmware that measures its leave from boot
   * services into PCR 5 and does not log it. Where the log has no such event and PCR 5 alone does
   * not add up, it is continued with what the firmware must have measured: the invocation and its
   * success, its failure, or a failure and then success. What comes out is proven all the same: PCR
   * 5 holds these very events.
   */
  public static Replay replayAllowingUnloggedExit(Bytes log, RegisterBank expected) {
    return replay(log, expected, true);
  }

  private static Replay replay(Bytes log, RegisterBank expected, boolean unloggedExit) {
    try {
      ParsedLog parsed = parse(log, expected.kind(), expected.algorithm());
      Replay replay = compare(parsed, expected);
      if (unloggedExit && replay instanceof Replay.Different different) {
        for (ParsedLog continued : UnloggedExit.continuations(parsed, different)) {
          if (compare(continued, expected) instanceof Replay.Equal equal) {
            return equal;
          }
        }
      }
      return replay;
    } catch (RefutedException e) {
      return new Replay.Refused(e.finding());
    }
  }

  private static Replay compare(ParsedLog log, RegisterBank expected) throws RefutedException {
    MessageDigest hash = Digests.create(log.algorithm().jcaName());
    RegisterBank replayed = Registers.replay(log, expected.kind(), hash);
    List<Replay.Mismatch> mismatches = compare(expected, replayed);
    if (!mismatches.isEmpty()) {
      return new Replay.Different(replayed.only(expected), mismatches);
    }
    LogRules.Believed believed = new LogRules(expected).believe(log, hash);
    return new Replay.Equal(expected, believed.events(), believed.late());
  }

  /**
   * Replays a log that nothing can be compared with, in every bank that it and the registers have.
   * The rules about event data and separators hold all the same. There are no events: without
   * registers to agree with, anybody can write a log.
   *
   * @param log as for {@link #replay(Bytes, RegisterBank)}
   * @param kind the registers that the log is about
   * @return {@link Replay.Computed}, or {@link Replay.Refused} with the reason
   */
  public static Replay compute(Bytes log, RegisterKind kind) {
    try {
      LogParser parser = LogParser.open(log, kind);
      List<RegisterBank> banks = new ArrayList<>();
      for (HashAlgorithm algorithm : parser.algorithms()) {
        if (kind.has(algorithm)) {
          ParsedLog parsed = parser.parse(algorithm);
          MessageDigest hash = Digests.create(algorithm.jcaName());
          RegisterBank bank = Registers.replay(parsed, kind, hash);
          new LogRules(bank).check(parsed, hash);
          banks.add(bank);
        }
      }
      if (banks.isEmpty()) {
        throw noBank(parser.algorithms(), "sha384");
      }
      return new Replay.Computed(banks);
    } catch (RefutedException e) {
      return new Replay.Refused(e.finding());
    }
  }

  /**
   * What the digests of a log add up to in one bank, and nothing about them: event data is not
   * looked at, and no rule about it or about separators is checked. For whoever wants the values
   * themselves, such as those that a secret is to be sealed to.
   *
   * @param log as for {@link #replay(Bytes, RegisterBank)}
   * @param kind the registers that the log is about
   * @param algorithm the bank
   * @return {@link Replay.Computed} with this one bank, or {@link Replay.Refused} if the log is
   *     malformed or has no such bank
   */
  public static Replay addUp(Bytes log, RegisterKind kind, HashAlgorithm algorithm) {
    try {
      ParsedLog parsed = parse(log, kind, algorithm);
      MessageDigest hash = Digests.create(algorithm.jcaName());
      return new Replay.Computed(List.of(Registers.replay(parsed, kind, hash)));
    } catch (RefutedException e) {
      return new Replay.Refused(e.finding());
    }
  }

  private static ParsedLog parse(Bytes log, RegisterKind kind, HashAlgorithm algorithm)
      throws RefutedException {
    LogParser parser = LogParser.open(log, kind);
    if (!parser.algorithms().contains(algorithm) || !kind.has(algorithm)) {
      throw noBank(parser.algorithms(), algorithm.bankName());
    }
    return parser.parse(algorithm);
  }

  private static RefutedException noBank(List<HashAlgorithm> had, String wanted) {
    return new RefutedException(
        Finding.of(
            LogFinding.LOG_BANK,
            wanted,
            String.join(", ", had.stream().map(HashAlgorithm::bankName).toList())));
  }

  private static List<Replay.Mismatch> compare(RegisterBank expected, RegisterBank replayed) {
    List<Replay.Mismatch> mismatches = new ArrayList<>();
    for (int register = 0; register < expected.kind().count(); register++) {
      if (expected.has(register) && !expected.at(register).equals(replayed.at(register))) {
        mismatches.add(new Replay.Mismatch(register, expected.at(register), replayed.at(register)));
      }
    }
    return mismatches;
  }
}

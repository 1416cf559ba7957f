package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a log has to keep to besides adding up, in the registers of one bank. Replay proves digests
 * and nothing else: these rules are what ties event data to them.
 */
final class LogRules {
  /** The two ways to close a register (TCG PFP §10.4.1, EV_SEPARATOR). */
  private static final List<Bytes> CLOSED =
      List.of(Bytes.ofHex("00000000"), Bytes.ofHex("ffffffff"));

  /** What is measured instead if the firmware failed; the event's data then describes the error. */
  private static final Bytes FAILED = Bytes.ofHex("01000000");

  private final RegisterBank bank;
  private final Set<Bytes> closedDigests = new HashSet<>();
  private final Bytes failedDigest;

  LogRules(RegisterBank bank) {
    this.bank = bank;
    for (Bytes data : CLOSED) {
      closedDigests.add(hash(data));
    }
    this.failedDigest = hash(FAILED);
  }

  /** Throws if a rule is broken. */
  void check(ParsedLog log) throws RefutedException {
    believe(log);
  }

  /** The events of the bank's registers, with no data but what their digests cover. */
  List<MeasuredEvent> believe(ParsedLog log) throws RefutedException {
    List<MeasuredEvent> believed = new ArrayList<>();
    Set<Integer> closed = new HashSet<>();
    for (ParsedLog.Event event : log.events()) {
      int register = event.register();
      if (bank.value(register).isEmpty()) {
        continue;
      }
      Bytes digest = event.digest(bank.algorithm());
      if (bank.kind().separated(register) && isSeparator(event, digest) && !closed.add(register)) {
        throw separator(register, "one separator", "a second one");
      }
      believed.add(new MeasuredEvent(register, event.type(), digest, covered(event, digest)));
    }
    return believed;
  }

  /**
   * Whether an event closes its register. The type alone does not tell: it is covered by nothing,
   * so a separator passed off as something else has to be found by its digest.
   *
   * <p>One look-alike is honest: of a boot variable only the contents are measured, and a BootOrder
   * of 0001, 0000 has the very bytes that stand for a failure. Whoever relies on a register being
   * closed therefore has to see its separator, not merely the absence of a failure.
   */
  private boolean isSeparator(ParsedLog.Event event, Bytes digest) throws RefutedException {
    int register = event.register();
    boolean named = event.type() == EventType.EV_SEPARATOR.id();
    boolean variable = event.type() == EventType.EV_EFI_VARIABLE_BOOT.id();
    if (digest.equals(failedDigest) && !variable) {
      throw separator(register, "no error while the firmware measured", "one was measured");
    }
    if (!named && closedDigests.contains(digest)) {
      throw separator(register, "a separator called one", "type 0x%08x".formatted(event.type()));
    }
    if (named && covered(event, digest).isPresent() && !CLOSED.contains(event.data())) {
      throw separator(register, "00000000 or ffffffff", event.data().abbreviated());
    }
    return named;
  }

  private Optional<Bytes> covered(ParsedLog.Event event, Bytes digest) throws RefutedException {
    EventType.Coverage coverage = EventType.coverage(event.type());
    if (coverage == EventType.Coverage.NEVER) {
      return Optional.empty();
    }
    if (hash(event.data()).equals(digest)) {
      return Optional.of(event.data());
    }
    if (coverage == EventType.Coverage.SOMETIMES) {
      return Optional.empty();
    }
    throw new RefutedException(
        Finding.of(
            LogFinding.LOG_DATA,
            "%s, type 0x%08x: data whose hash is %s"
                .formatted(bank.kind().label(event.register()), event.type(), digest.abbreviated()),
            "data whose hash is " + hash(event.data()).abbreviated()));
  }

  private Bytes hash(Bytes data) {
    return Digests.digest(bank.algorithm().jcaName(), data);
  }

  private RefutedException separator(int register, String expected, String actual) {
    return new RefutedException(
        Finding.of(
            LogFinding.LOG_SEPARATOR, bank.kind().label(register) + ": " + expected, actual));
  }
}

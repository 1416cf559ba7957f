package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a log has to keep to besides adding up, in the registers of one bank. Replay proves digests
 * and nothing else: these rules are what ties event data to them.
 */
final class LogRules {
  private final RegisterBank bank;
  private final boolean[] separated;
  private final boolean[] ended;

  LogRules(RegisterBank bank) {
    this.bank = bank;
    this.separated = new boolean[bank.kind().count()];
    this.ended = new boolean[bank.kind().count()];
  }

  /** Throws if a rule is broken. */
  void check(ParsedLog log, MessageDigest hash) throws RefutedException {
    believe(log, hash);
  }

  /**
   * The events of the bank's registers, with no data but what their digests cover.
   *
   * @param hash of the log's bank, unfed
   */
  Believed believe(ParsedLog log, MessageDigest hash) throws RefutedException {
    List<MeasuredEvent> events = new ArrayList<>(log.size());
    List<MeasuredEvent> late = new ArrayList<>();
    EventData data = new EventData(log, hash);
    for (int event = 0; event < log.size(); event++) {
      int register = log.register(event);
      if (bank.has(register)) {
        data.at(event);
        MeasuredEvent believed = believe(log, event, data);
        (ended[register] ? late : events).add(believed);
        if (bank.kind().separated(register)) {
          close(register, believed, data.known());
        }
      }
    }
    return new Believed(events, late);
  }

  /**
   * @param events until their register ended
   * @param late those after it
   */
  record Believed(List<MeasuredEvent> events, List<MeasuredEvent> late) {}

  private void close(int register, MeasuredEvent event, @Nullable KnownData known)
      throws RefutedException {
    RegisterKind kind = bank.kind();
    if (isSeparator(register, event, known)) {
      if (separated[register]) {
        throw separator(register, "one separator", "a second one");
      }
      separated[register] = true;
      ended[register] |= kind.endsAtSeparator(register);
    }
    ended[register] |= kind.endsAtExit(register) && known == KnownData.EXIT_INVOKED;
  }

  /**
   * Whether an event closes its register. The type alone does not tell: it is covered by nothing,
   * so a separator passed off as something else has to be found by its digest.
   *
   * <p>One look-alike is honest: of a boot variable only the contents are measured, and a BootOrder
   * of 0001, 0000 has the very bytes that stand for a failure. Whoever relies on a register being
   * closed therefore has to see its separator, not merely the absence of a failure.
   */
  private boolean isSeparator(int register, MeasuredEvent event, @Nullable KnownData known)
      throws RefutedException {
    long type = event.untrustedType();
    boolean named = type == EventType.EV_SEPARATOR.id();
    boolean variable = type == EventType.EV_EFI_VARIABLE_BOOT.id();
    if (known == KnownData.FAILED && !variable) {
      throw separator(register, "no error while the firmware measured", "one was measured");
    }
    EventType looks = known == null ? null : known.type();
    if (looks != null && looks.id() != type) {
      throw separator(
          register,
          looks == EventType.EV_SEPARATOR ? "a separator called one" : "an action called one",
          "type 0x%08x".formatted(type));
    }
    if (named && looks == null) {
      throw separator(
          register, "00000000 or ffffffff", event.data().map(Bytes::abbreviated).orElse("nothing"));
    }
    return named;
  }

  private MeasuredEvent believe(ParsedLog log, int event, EventData data) throws RefutedException {
    Coverage coverage = EventType.coverage(log.type(event));
    if (coverage.find(data)) {
      return new MeasuredEvent(log, event, data.from(), data.to());
    }
    // A failure's data describes the error; what refuses it is not that the data was not measured.
    int register = log.register(event);
    boolean failure = bank.kind().separated(register) && data.known() == KnownData.FAILED;
    if (!coverage.required() || failure) {
      return new MeasuredEvent(log, event);
    }
    Bytes hashed = Digests.digest(log.algorithm().jcaName(), log.data(event));
    throw new RefutedException(
        Finding.of(
            LogFinding.LOG_DATA,
            "%s, type 0x%08x: data whose hash is %s"
                .formatted(
                    bank.kind().label(register), log.type(event), log.digest(event).abbreviated()),
            "data whose hash is " + hashed.abbreviated()));
  }

  private RefutedException separator(int register, String expected, String actual) {
    return new RefutedException(
        Finding.of(
            LogFinding.LOG_SEPARATOR, bank.kind().label(register) + ": " + expected, actual));
  }
}

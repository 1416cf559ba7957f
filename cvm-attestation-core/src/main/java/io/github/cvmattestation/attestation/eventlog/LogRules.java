package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
  private final MessageDigest hash;

  /** The one type that an event with this digest may have. */
  private final Map<Bytes, EventType> lookAlikes = new HashMap<>();

  private final Bytes failedDigest;
  private final Bytes exitDigest;
  private final boolean[] separated;
  private final boolean[] ended;

  LogRules(RegisterBank bank) {
    this.bank = bank;
    this.hash = Digests.create(bank.algorithm().jcaName());
    for (Bytes data : CLOSED) {
      lookAlikes.put(hash(data), EventType.EV_SEPARATOR);
    }
    for (Bytes text : ActionTexts.ALL) {
      lookAlikes.put(hash(text), EventType.EV_EFI_ACTION);
    }
    this.failedDigest = hash(FAILED);
    this.exitDigest = hash(ActionTexts.EXIT_INVOKED);
    this.separated = new boolean[bank.kind().count()];
    this.ended = new boolean[bank.kind().count()];
  }

  /** Throws if a rule is broken. */
  void check(ParsedLog log) throws RefutedException {
    believe(log);
  }

  /** The events of the bank's registers, with no data but what their digests cover. */
  Believed believe(ParsedLog log) throws RefutedException {
    List<MeasuredEvent> events = new ArrayList<>(log.events().size());
    List<MeasuredEvent> late = new ArrayList<>();
    for (ParsedLog.Event event : log.events()) {
      int register = event.register();
      if (bank.value(register).isPresent()) {
        MeasuredEvent believed = believe(event);
        (ended[register] ? late : events).add(believed);
        if (bank.kind().separated(register)) {
          close(event, believed);
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

  private void close(ParsedLog.Event event, MeasuredEvent believed) throws RefutedException {
    int register = event.register();
    RegisterKind kind = bank.kind();
    if (isSeparator(event, believed)) {
      if (separated[register]) {
        throw separator(register, "one separator", "a second one");
      }
      separated[register] = true;
      ended[register] |= kind.endsAtSeparator(register);
    }
    ended[register] |= kind.endsAtExit(register) && event.digest().equals(exitDigest);
  }

  /**
   * Whether an event closes its register. The type alone does not tell: it is covered by nothing,
   * so a separator passed off as something else has to be found by its digest.
   *
   * <p>One look-alike is honest: of a boot variable only the contents are measured, and a BootOrder
   * of 0001, 0000 has the very bytes that stand for a failure. Whoever relies on a register being
   * closed therefore has to see its separator, not merely the absence of a failure.
   */
  private boolean isSeparator(ParsedLog.Event event, MeasuredEvent believed)
      throws RefutedException {
    int register = event.register();
    boolean named = event.type() == EventType.EV_SEPARATOR.id();
    boolean variable = event.type() == EventType.EV_EFI_VARIABLE_BOOT.id();
    if (event.digest().equals(failedDigest) && !variable) {
      throw separator(register, "no error while the firmware measured", "one was measured");
    }
    EventType looks = lookAlikes.get(event.digest());
    if (looks != null && looks.id() != event.type()) {
      throw separator(
          register,
          looks == EventType.EV_SEPARATOR ? "a separator called one" : "an action called one",
          "type 0x%08x".formatted(event.type()));
    }
    if (named && looks == null) {
      throw separator(
          register,
          "00000000 or ffffffff",
          believed.data().map(Bytes::abbreviated).orElse("nothing"));
    }
    return named;
  }

  private MeasuredEvent believe(ParsedLog.Event event) throws RefutedException {
    Coverage coverage = EventType.coverage(event.type());
    Bytes data = event.data();
    for (Coverage.Slice slice : coverage.candidates(data)) {
      Bytes covered = data.slice(slice.from(), slice.to());
      if (hash(covered).equals(event.digest())) {
        return new MeasuredEvent(
            event.register(),
            event.type(),
            event.digest(),
            Optional.of(covered),
            data.slice(0, slice.from()));
      }
    }
    // A failure's data describes the error; what refuses it is not that the data was not measured.
    boolean failure =
        bank.kind().separated(event.register()) && event.digest().equals(failedDigest);
    if (!coverage.required() || failure) {
      return new MeasuredEvent(event.register(), event.type(), event.digest());
    }
    throw new RefutedException(
        Finding.of(
            LogFinding.LOG_DATA,
            "%s, type 0x%08x: data whose hash is %s"
                .formatted(
                    bank.kind().label(event.register()),
                    event.type(),
                    event.digest().abbreviated()),
            "data whose hash is " + hash(data).abbreviated()));
  }

  private Bytes hash(Bytes data) {
    data.update(hash);
    return Bytes.of(hash.digest());
  }

  private RefutedException separator(int register, String expected, String actual) {
    return new RefutedException(
        Finding.of(
            LogFinding.LOG_SEPARATOR, bank.kind().label(register) + ": " + expected, actual));
  }
}

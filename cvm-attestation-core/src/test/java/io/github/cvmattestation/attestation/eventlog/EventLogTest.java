package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.LogWriter.ONES;
import static io.github.cvmattestation.attestation.eventlog.LogWriter.ZEROS;
import static io.github.cvmattestation.attestation.eventlog.Replays.computed;
import static io.github.cvmattestation.attestation.eventlog.Replays.different;
import static io.github.cvmattestation.attestation.eventlog.Replays.equal;
import static io.github.cvmattestation.attestation.eventlog.Replays.refused;
import static io.github.cvmattestation.attestation.eventlog.Replays.refusedEitherWay;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.eventlog.LogWriter.Alg;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a log must keep to, on logs whose registers are otherwise right. */
class EventLogTest {
  private static final Bytes DATA = LogWriter.ascii("data");

  /** A short boot: two variables and a separator, an image, a command line, one remark. */
  static LogWriter boot() {
    return LogWriter.ccel()
        .event(1, 0x8000000AL, "firmware volume", "firmware")
        .measured(1, LogWriter.DRIVER_CONFIG, "SecureBoot=1")
        .measured(1, LogWriter.SEPARATOR, ZEROS)
        .measured(2, LogWriter.SEPARATOR, ZEROS)
        .measured(0, LogWriter.NO_ACTION, "remark")
        .event(2, LogWriter.BOOT_APPLICATION, "\\EFI\\BOOT", "image")
        .measured(1, LogWriter.AUTHORITY, "db entry")
        .event(3, LogWriter.IPL, "grub_cmd: boot", "boot");
  }

  // What comes out

  @Test
  void eventsComeOutInTheOrderOfTheLogWithTheRegisterTheyExtended() {
    LogWriter log = boot();
    Replay.Equal replay = equal(EventLog.replay(log.log(), log.rtmrs()));
    assertThat(replay.events())
        .extracting(MeasuredEvent::register)
        .containsExactly(0, 0, 0, 1, 1, 0, 2);
    assertThat(replay.events().get(5).digest())
        .isEqualTo(Bytes.of(Alg.SHA384.hash(LogWriter.ascii("db entry").toArray())));
    assertThat(replay.registers()).isEqualTo(log.rtmrs());
  }

  @ParameterizedTest(name = "{0} events")
  @ValueSource(ints = {1, 127, 128, 129, 256, 257, 1000})
  void aLogOfManyEventsComesOutWholeAndInOrder(int count) {
    LogWriter log = LogWriter.ccel();
    List<Optional<Bytes>> told = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      log.measured(1 + i % 4, LogWriter.IPL, "event " + i);
      told.add(Optional.of(LogWriter.ascii("event " + i)));
    }
    assertThat(equal(EventLog.replay(log.log(), log.rtmrs())).events())
        .extracting(MeasuredEvent::data)
        .isEqualTo(told);
  }

  @Test
  void anEventSaysHowMuchDataIsCoveredAndShowsNone() {
    LogWriter log = boot();
    List<MeasuredEvent> events = equal(EventLog.replay(log.log(), log.rtmrs())).events();
    assertThat(events.get(1).toString())
        .startsWith("MeasuredEvent[register 0, type 0x80000001, digest ")
        .endsWith(", 12 bytes of data]");
    assertThat(events.get(0).toString()).endsWith(", no covered data]");
  }

  @Test
  void dataIsShownOnlyWhereItsDigestCoversIt() {
    LogWriter log = boot();
    assertThat(equal(EventLog.replay(log.log(), log.rtmrs())).events())
        .extracting(MeasuredEvent::data)
        .containsExactly(
            Optional.empty(),
            Optional.of(LogWriter.ascii("SecureBoot=1")),
            Optional.of(ZEROS),
            Optional.of(ZEROS),
            Optional.empty(),
            Optional.of(LogWriter.ascii("db entry")),
            Optional.of(LogWriter.ascii("boot")));
  }

  /** The hash happens to fit, but nothing says that it has to: the file may be anybody's. */
  @Test
  void dataOfATypeThatDoesNotHashItIsNotShownEvenIfTheHashFits() {
    LogWriter log = LogWriter.ccel().measured(3, LogWriter.BOOT_APPLICATION, "file");
    assertThat(equal(EventLog.replay(log.log(), log.rtmrs())).events())
        .singleElement()
        .satisfies(event -> assertThat(event.data()).isEmpty());
  }

  @Test
  void taggedDataIsShownIfItIsWhatWasMeasured() {
    LogWriter log =
        LogWriter.ccel()
            .measured(3, LogWriter.EVENT_TAG, "whole")
            .event(3, LogWriter.EVENT_TAG, "tag", "payload");
    assertThat(equal(EventLog.replay(log.log(), log.rtmrs())).events())
        .extracting(MeasuredEvent::data)
        .containsExactly(Optional.of(LogWriter.ascii("whole")), Optional.empty());
  }

  @Test
  void everyTypeIsFoundByItsNumberAndByNoOther() {
    for (EventType type : EventType.values()) {
      assertThat(EventType.of(type.id())).hasValue(type);
      assertThat(EventType.of(type.id() ^ 0x8000_0000L)).isNotEqualTo(Optional.of(type));
      assertThat(EventType.of(type.id() + (1L << 32))).isEmpty();
    }
  }

  /** The number of a type that shows its data, and one bit more. */
  @ParameterizedTest(name = "type {0}")
  @ValueSource(longs = {0x8000000DL, 0x10DL, 0x4000000DL, 0x800001E0L, 0x100L, 0x80000100L})
  void dataOfATypeWithABitMoreIsNotShown(long type) {
    LogWriter log = LogWriter.ccel().measured(3, type, "text");
    assertThat(equal(EventLog.replay(log.log(), log.rtmrs())).events())
        .singleElement()
        .satisfies(event -> assertThat(event.data()).isEmpty());
  }

  @Test
  void unknownTypesAreEventsLikeAnyOther() {
    LogWriter log = LogWriter.ccel().measured(4, 0xFFFFFFFFL, DATA);
    assertThat(equal(EventLog.replay(log.log(), log.rtmrs())).events())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.untrustedType()).isEqualTo(0xFFFFFFFFL);
              assertThat(EventType.of(event.untrustedType())).isEmpty();
              assertThat(event.data()).isEmpty();
              assertThat(event.register()).isEqualTo(3);
            });
  }

  /** L7. */
  @Test
  void remarksExtendNothingWhateverTheirDigestAndAreNotHandedOut() {
    LogWriter log =
        LogWriter.ccel()
            .measured(1, LogWriter.NO_ACTION, "remark")
            .measured(0, LogWriter.NO_ACTION, "remark");
    assertThat(log.rtmrs().values().values())
        .allSatisfy(rtmr -> assertThat(rtmr.isZero()).isTrue());
    assertThat(equal(EventLog.replay(log.log(), log.rtmrs())).events()).isEmpty();
  }

  @Test
  void eventsOfRegistersThatWereNotComparedStayInside() throws MalformedException {
    LogWriter log = boot();
    RegisterBank onlyOne =
        RegisterBank.of(
            RegisterKind.RTMR, HashAlgorithm.SHA384, Map.of(1, log.rtmrs().value(1).orElseThrow()));
    Replay.Equal replay = equal(EventLog.replay(log.log(), onlyOne));
    assertThat(replay.events()).extracting(MeasuredEvent::register).containsExactly(1, 1);
    assertThat(replay.registers()).isEqualTo(onlyOne);
  }

  @Test
  void computedValuesAreAllRegistersOfEveryBank() {
    LogWriter log =
        LogWriter.withAlgorithms(Alg.SHA1, Alg.SHA256)
            .measured(0, LogWriter.CRTM_VERSION, "1.0")
            .measured(23, LogWriter.IPL, DATA);
    Replay.Computed computed = computed(EventLog.compute(log.log(), RegisterKind.PCR));
    assertThat(computed.banks())
        .extracting(RegisterBank::algorithm)
        .containsExactly(HashAlgorithm.SHA1, HashAlgorithm.SHA256);
    for (RegisterBank bank : computed.banks()) {
      Alg alg = Alg.valueOf(bank.algorithm().name());
      assertThat(bank.values()).hasSize(24).containsAllEntriesOf(log.pcrs(alg, 0, 1, 23).values());
    }
  }

  @Test
  void registersOfADynamicLaunchStartWithAllBitsSet() {
    LogWriter log = LogWriter.withAlgorithms(Alg.SHA256).measured(0, LogWriter.IPL, DATA);
    RegisterBank bank = computed(EventLog.compute(log.log(), RegisterKind.PCR)).banks().get(0);
    for (int pcr = 1; pcr < 24; pcr++) {
      assertThat(bank.value(pcr).orElseThrow().hex())
          .isEqualTo((pcr >= 17 && pcr <= 22 ? "ff" : "00").repeat(32));
    }
  }

  @Test
  void everyAlgorithmReplays() {
    LogWriter log =
        LogWriter.withAlgorithms(Alg.values())
            .measured(4, LogWriter.EFI_ACTION, "Calling EFI Application from Boot Option")
            .measured(4, LogWriter.SEPARATOR, ONES);
    for (Alg alg : Alg.values()) {
      assertThat(equal(EventLog.replay(log.log(), log.pcrs(alg, 4, 5))).events()).hasSize(2);
    }
  }

  // Registers that do not fit

  @Test
  void oneDigestChangedIsADifferentBoot() {
    LogWriter log = boot();
    int digest = log.boundaries().get(0) + 4 + 4 + 4 + 2;
    Bytes changed = Replays.flipped(log.log(), 8 * digest);
    assertThat(different(EventLog.replay(changed, log.rtmrs())).mismatches())
        .extracting(Replay.Mismatch::register)
        .containsExactly(0);
  }

  /** A register that no event extends must hold what it started with. */
  @ParameterizedTest(name = "RTMR{0}")
  @ValueSource(ints = {0, 1, 2, 3})
  void leavingOutAllEventsOfARegisterIsNoticed(int rtmr) {
    LogWriter some = LogWriter.ccel();
    LogWriter all = LogWriter.ccel();
    for (int index = 1; index <= 4; index++) {
      all.measured(index, LogWriter.IPL, DATA);
      if (index != rtmr + 1) {
        some.measured(index, LogWriter.IPL, DATA);
      }
    }
    Replay.Different different = different(EventLog.replay(some.log(), all.rtmrs()));
    assertThat(different.mismatches())
        .containsExactly(
            new Replay.Mismatch(rtmr, all.rtmrs().value(rtmr).orElseThrow(), Bytes.zeros(48)));
    assertThat(different.findings().get(0).expected()).startsWith("RTMR" + rtmr + " ");
  }

  @Test
  void whatALogAddsUpToIsToldOfTheRegistersThatWereCompared() throws MalformedException {
    LogWriter log = boot();
    RegisterBank two =
        RegisterBank.of(
            RegisterKind.RTMR,
            HashAlgorithm.SHA384,
            Map.of(1, Bytes.zeros(48), 2, log.rtmrs().value(2).orElseThrow()));
    Replay.Different different = different(EventLog.replay(log.log(), two));
    assertThat(different.mismatches()).extracting(Replay.Mismatch::register).containsExactly(1);
    assertThat(different.replayed())
        .isEqualTo(
            RegisterBank.of(
                RegisterKind.RTMR,
                HashAlgorithm.SHA384,
                Map.of(
                    1, log.rtmrs().value(1).orElseThrow(),
                    2, log.rtmrs().value(2).orElseThrow())));
  }

  @Test
  void anotherOrderInOneRegisterIsADifferentBoot() {
    LogWriter one =
        LogWriter.ccel().measured(1, LogWriter.IPL, "a").measured(1, LogWriter.IPL, "b");
    LogWriter two =
        LogWriter.ccel().measured(1, LogWriter.IPL, "b").measured(1, LogWriter.IPL, "a");
    different(EventLog.replay(one.log(), two.rtmrs()));
  }

  @Test
  void everyRegisterThatDiffersIsReported() {
    LogWriter log = boot();
    assertThat(different(EventLog.replay(log.log(), LogWriter.ccel().rtmrs())).findings())
        .extracting(finding -> finding.expected().substring(0, 6))
        .containsExactly("RTMR0 ", "RTMR1 ", "RTMR2 ");
  }

  @Test
  void aBankThatTheLogDoesNotHaveProvesNothing() {
    LogWriter log = LogWriter.withAlgorithms(Alg.SHA256).measured(1, LogWriter.IPL, DATA);
    refused(EventLog.replay(log.log(), log.pcrs(Alg.SHA1, 9)), LogFinding.LOG_BANK);
    refused(EventLog.replay(log.log(), LogWriter.ccel().rtmrs()), LogFinding.LOG_BANK);
    refused(EventLog.compute(log.log(), RegisterKind.RTMR), LogFinding.LOG_BANK);
  }

  // Data and separators

  /** L4. */
  @ParameterizedTest(name = "type {0}")
  @ValueSource(
      longs = {
        LogWriter.SEPARATOR,
        LogWriter.CRTM_VERSION,
        LogWriter.DRIVER_CONFIG,
        LogWriter.EFI_ACTION,
        LogWriter.AUTHORITY
      })
  void dataThatIsNotWhatWasMeasuredIsRefused(long type) {
    refusedEitherWay(LogWriter.ccel().event(1, type, ZEROS, DATA), LogFinding.LOG_DATA);
  }

  @Test
  void dataOfARegisterThatWasNotComparedIsNobodysBusiness() throws MalformedException {
    LogWriter log = LogWriter.ccel().event(1, LogWriter.EFI_ACTION, ZEROS, DATA);
    RegisterBank other =
        RegisterBank.of(RegisterKind.RTMR, HashAlgorithm.SHA384, Map.of(3, Bytes.zeros(48)));
    assertThat(equal(EventLog.replay(log.log(), other)).events()).isEmpty();
  }

  @ParameterizedTest(name = "index {0}")
  @ValueSource(ints = {1, 2, 3, 4})
  void aSecondSeparatorInOneRegisterIsRefused(int index) {
    refusedEitherWay(
        boot()
            .measured(index, LogWriter.SEPARATOR, ONES)
            .measured(index, LogWriter.SEPARATOR, ZEROS),
        LogFinding.LOG_SEPARATOR);
  }

  @Test
  void aSeparatorUnderAnotherTypeIsRefused() {
    for (Bytes data : new Bytes[] {ZEROS, ONES}) {
      for (long type : new long[] {LogWriter.IPL, LogWriter.EFI_ACTION, 2, 0xFFFFFFFFL}) {
        refusedEitherWay(LogWriter.ccel().measured(2, type, data), LogFinding.LOG_SEPARATOR);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"''", "00", "0000000000000000", "00000001", "01000000", "5742434c", "ffffff00"})
  void aSeparatorWithOtherDataIsRefused(String data) {
    refusedEitherWay(
        LogWriter.ccel().measured(1, LogWriter.SEPARATOR, Bytes.ofHex(data)),
        LogFinding.LOG_SEPARATOR);
  }

  /** The firmware measures the number 1 and describes in the data what went wrong. */
  @ParameterizedTest(name = "type {0}")
  @ValueSource(longs = {LogWriter.SEPARATOR, LogWriter.IPL})
  void aFirmwareErrorIsRefused(long type) {
    refusedEitherWay(
        LogWriter.ccel().event(1, type, DATA, Bytes.ofHex("01000000")), LogFinding.LOG_SEPARATOR);
  }

  /** Two boot options, 0001 first: the bytes of an error, but a variable of every other machine. */
  @Test
  void aBootOrderThatReadsLikeAnErrorIsNone() {
    LogWriter log =
        LogWriter.ccel()
            .measured(1, LogWriter.SEPARATOR, ZEROS)
            .event(1, LogWriter.BOOT_VARIABLE, DATA, Bytes.ofHex("01000000"));
    assertThat(equal(EventLog.replay(log.log(), log.rtmrs())).events().get(1).data()).isEmpty();
    refusedEitherWay(
        LogWriter.ccel().measured(1, LogWriter.BOOT_VARIABLE, ZEROS), LogFinding.LOG_SEPARATOR);
  }

  @Test
  void eachFirmwarePcrHasOneSeparator() {
    LogWriter log = LogWriter.withAlgorithms(Alg.SHA256);
    for (int pcr = 0; pcr < 8; pcr++) {
      log.measured(pcr, LogWriter.SEPARATOR, pcr % 2 == 0 ? ZEROS : ONES);
    }
    RegisterBank pcrs = log.pcrs(Alg.SHA256, 0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(equal(EventLog.replay(log.log(), pcrs)).events()).hasSize(8);
    log.measured(7, LogWriter.SEPARATOR, ZEROS);
    refused(
        EventLog.replay(log.log(), log.pcrs(Alg.SHA256, 0, 1, 2, 3, 4, 5, 6, 7)),
        LogFinding.LOG_SEPARATOR);
  }

  /** Windows closes its own PCRs, with other data and more than once; the digest still counts. */
  @Test
  void separatorsOfAnOperatingSystemAreItsOwn() {
    LogWriter log =
        LogWriter.withAlgorithms(Alg.SHA256)
            .measured(12, LogWriter.SEPARATOR, "WBCL")
            .measured(12, LogWriter.SEPARATOR, "WBCL");
    RegisterBank pcrs = log.pcrs(Alg.SHA256, 12);
    assertThat(equal(EventLog.replay(log.log(), pcrs)).events())
        .extracting(MeasuredEvent::data)
        .containsOnly(Optional.of(LogWriter.ascii("WBCL")));
    log.event(12, LogWriter.SEPARATOR, "WBCL", "other");
    refused(EventLog.replay(log.log(), log.pcrs(Alg.SHA256, 12)), LogFinding.LOG_DATA);
  }
}

package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.LogWriter.ONES;
import static io.github.cvmattestation.attestation.eventlog.LogWriter.ZEROS;
import static io.github.cvmattestation.attestation.eventlog.LogWriter.ascii;
import static io.github.cvmattestation.attestation.eventlog.Replays.computed;
import static io.github.cvmattestation.attestation.eventlog.Replays.different;
import static io.github.cvmattestation.attestation.eventlog.Replays.equal;
import static io.github.cvmattestation.attestation.eventlog.Replays.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.eventlog.LogWriter.Alg;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is particular to logs of a TPM: locality, the older format, the ends of registers. */
class TpmLogTest {
  private static final Bytes EXIT = ascii("Exit Boot Services Invocation");
  private static final Bytes SUCCESS = ascii("Exit Boot Services Returned with Success");
  private static final Bytes FAILURE = ascii("Exit Boot Services Returned with Failure");

  // Locality (L6)

  private static LogWriter startedFrom(int locality) {
    return sha256().measured(0, LogWriter.NO_ACTION, locality(locality));
  }

  private static Bytes locality(int locality) {
    return ascii("StartupLocality\0").concat(Bytes.of((byte) locality));
  }

  private static LogWriter sha256() {
    return LogWriter.withAlgorithms(Alg.SHA256);
  }

  private static MeasuredEvent only(LogWriter log, int pcr) {
    List<MeasuredEvent> events =
        equal(EventLog.replay(log.log(), log.pcrs(Alg.SHA256, pcr))).events();
    assertThat(events).hasSize(1);
    return events.get(0);
  }

  private static RegisterBank pcr(int pcr, Bytes value) {
    try {
      return RegisterBank.of(RegisterKind.PCR, HashAlgorithm.SHA256, Map.of(pcr, value));
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  /** TCG PFP §10.4.5.3: PCR 0 begins with 31 zeros and the locality. */
  @ParameterizedTest(name = "locality {0}")
  @ValueSource(ints = {0, 3, 4})
  void pcr0BeginsWithTheLocalityThatStartedTheTpm(int locality) {
    Bytes initial = Bytes.zeros(31).concat(Bytes.of((byte) locality));
    LogWriter log = startedFrom(locality);
    equal(EventLog.replay(log.log(), pcr(0, initial)));
    log.measured(0, LogWriter.CRTM_VERSION, "1.0");
    byte[] digest = Alg.SHA256.hash(ascii("1.0").toArray());
    Bytes extended = Bytes.of(Alg.SHA256.hash(initial.toArray(), digest));
    equal(EventLog.replay(log.log(), pcr(0, extended)));
    for (int other : new int[] {0, 3, 4}) {
      if (other != locality) {
        different(
            EventLog.replay(
                startedFrom(other).measured(0, LogWriter.CRTM_VERSION, "1.0").log(),
                pcr(0, extended)));
      }
    }
  }

  /** Case 50 of the security brief. */
  @Test
  void aLogWithoutItsStartupLocalityIsADifferentBoot() {
    byte[] digest = Alg.SHA256.hash(ascii("1.0").toArray());
    byte[] initial = Bytes.zeros(31).concat(Bytes.of((byte) 3)).toArray();
    RegisterBank started = pcr(0, Bytes.of(Alg.SHA256.hash(initial, digest)));
    equal(
        EventLog.replay(startedFrom(3).measured(0, LogWriter.CRTM_VERSION, "1.0").log(), started));
    different(EventLog.replay(sha256().measured(0, LogWriter.CRTM_VERSION, "1.0").log(), started));
  }

  @Test
  void noOtherPcrBeginsWithTheLocality() {
    equal(EventLog.replay(startedFrom(3).log(), sha256().pcrs(Alg.SHA256, 1, 7, 23)));
  }

  @ParameterizedTest(name = "locality {0}")
  @ValueSource(ints = {1, 2, 5, 128, 255})
  void aLocalityThatStartsNoTpmIsRefused(int locality) {
    refused(EventLog.compute(startedFrom(locality).log(), RegisterKind.PCR), LogFinding.LOG_FORMAT);
  }

  @Test
  void aLocalityTwiceOrTooLateOrElsewhereOrOfAnotherSizeIsRefused() {
    List<LogWriter> logs =
        List.of(
            startedFrom(3).measured(0, LogWriter.NO_ACTION, locality(3)),
            sha256().measured(0, LogWriter.IPL, "x").measured(0, LogWriter.NO_ACTION, locality(3)),
            sha256().measured(1, LogWriter.NO_ACTION, locality(3)),
            sha256().measured(0, LogWriter.NO_ACTION, "StartupLocality\0"),
            sha256().measured(0, LogWriter.NO_ACTION, locality(3).concat(Bytes.zeros(1))));
    assertThat(logs)
        .extracting(
            log -> refused(EventLog.compute(log.log(), RegisterKind.PCR), LogFinding.LOG_FORMAT))
        .extracting(Finding::actual)
        .containsExactly(
            "again", "after it", "17 bytes in all", "16 bytes in all", "18 bytes in all");
    LogWriter later =
        sha256().measured(7, LogWriter.IPL, "x").measured(0, LogWriter.NO_ACTION, locality(0));
    computed(EventLog.compute(later.log(), RegisterKind.PCR));
  }

  @Test
  void aTdKnowsNoLocality() {
    LogWriter log = LogWriter.ccel().measured(1, LogWriter.NO_ACTION, locality(3));
    equal(EventLog.replay(log.log(), log.rtmrs()));
  }

  // The older format

  @Test
  void anOlderLogReplaysToSha1Alone() {
    LogWriter log = LogWriter.legacy().measured(0, LogWriter.CRTM_VERSION, "1.0");
    log.measured(7, LogWriter.SEPARATOR, ZEROS);
    assertThat(equal(EventLog.replay(log.log(), log.pcrs(Alg.SHA1, 0, 1, 7))).events())
        .extracting(MeasuredEvent::data)
        .containsExactly(Optional.of(ascii("1.0")), Optional.of(ZEROS));
    refused(EventLog.replay(log.log(), sha256().pcrs(Alg.SHA256, 9)), LogFinding.LOG_BANK);
    refused(EventLog.compute(log.log(), RegisterKind.RTMR), LogFinding.LOG_FORMAT);
    assertThat(computed(EventLog.compute(log.log(), RegisterKind.PCR)).banks())
        .extracting(RegisterBank::algorithm)
        .containsExactly(HashAlgorithm.SHA1);
  }

  @Test
  void anOlderLogMayBeginWithItsOwnDeclaration() {
    LogWriter log =
        LogWriter.legacy()
            .measured(0, LogWriter.NO_ACTION, "Spec ID Event00\0rest")
            .measured(0, LogWriter.NO_ACTION, locality(3));
    Bytes initial = Bytes.zeros(19).concat(Bytes.of((byte) 3));
    assertThat(computed(EventLog.compute(log.log(), RegisterKind.PCR)).banks().get(0).value(0))
        .hasValue(initial);
    LogWriter other = LogWriter.legacy().measured(0, LogWriter.NO_ACTION, "Spec ID Event02\0");
    refused(EventLog.compute(other.log(), RegisterKind.PCR), LogFinding.LOG_FORMAT);
  }

  @Test
  void everyCutOfAnOlderLogIsRefusedOrDifferent() {
    LogWriter log =
        LogWriter.legacy()
            .measured(0, LogWriter.CRTM_VERSION, "1.0")
            .measured(4, LogWriter.SEPARATOR, ONES);
    RegisterBank pcrs = log.pcrs(Alg.SHA1, 0, 4);
    for (int size = 0; size < log.log().size(); size++) {
      assertThat(EventLog.replay(log.log().slice(0, size), pcrs))
          .as("first %d bytes", size)
          .isNotInstanceOf(Replay.Equal.class);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({"0xFFFFFFFF, LOG_LIMIT", "0x00000001, LOG_FORMAT"})
  void anEventOfAnOlderLogLargerThanTheLogIsRefused(String size, LogFinding code) {
    LogWriter log = LogWriter.legacy().u32(0).u32(LogWriter.IPL).fill(0xAA, 20);
    log.u32(Long.decode(size));
    refused(EventLog.compute(log.log(), RegisterKind.PCR), code);
  }

  // Registers without events (L5)

  @Test
  void aPcrWithoutEventsMustHoldWhatItBeganWith() {
    LogWriter log = sha256().measured(4, LogWriter.IPL, "x");
    for (int pcr = 0; pcr < 24; pcr++) {
      if (pcr != 4) {
        Bytes initial = Bytes.ofHex((pcr >= 17 && pcr <= 22 ? "ff" : "00").repeat(32));
        equal(EventLog.replay(log.log(), pcr(pcr, initial)));
        Bytes other = Replays.flipped(initial, 8 * 31);
        assertThat(different(EventLog.replay(log.log(), pcr(pcr, other))).mismatches())
            .containsExactly(new Replay.Mismatch(pcr, other, initial));
      }
    }
  }

  // Types that lie (L2, L3, L12)

  @Test
  void aSeparatorOrActionUnderAnotherTypeIsRefused() {
    for (Bytes text :
        List.of(
            ZEROS,
            ONES,
            EXIT,
            SUCCESS,
            FAILURE,
            ascii("Calling EFI Application from Boot Option"))) {
      for (long type : new long[] {2, LogWriter.IPL, LogWriter.DRIVER_CONFIG, 0xFFFFFFFFL}) {
        LogWriter log = sha256().measured(5, type, text);
        boolean separator = text.equals(ZEROS) || text.equals(ONES);
        assertThat(
                refused(
                    EventLog.replay(log.log(), log.pcrs(Alg.SHA256, 5)), LogFinding.LOG_SEPARATOR))
            .extracting(Finding::expected)
            .isEqualTo("PCR5: " + (separator ? "a separator called one" : "an action called one"));
        LogWriter elsewhere = sha256().measured(8, type, text);
        equal(EventLog.replay(elsewhere.log(), elsewhere.pcrs(Alg.SHA256, 8)));
      }
    }
  }

  @Test
  void aVariableUnderATypeThatIsNotUsedLosesItsDataAndNothingElse() {
    LogWriter log = sha256().measured(7, 2, "SecureBoot=1");
    assertThat(equal(EventLog.replay(log.log(), log.pcrs(Alg.SHA256, 7))).events())
        .singleElement()
        .satisfies(event -> assertThat(event.data()).isEmpty());
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"grub_cmd: ", "kernel_cmdline: ", "module_cmdline: "})
  void grubsLabelIsNoFact(String label) {
    for (String measured : List.of("echo good", "echo good\0")) {
      LogWriter log = sha256().event(8, LogWriter.IPL, label + "echo good\0", measured);
      MeasuredEvent event =
          equal(EventLog.replay(log.log(), log.pcrs(Alg.SHA256, 8))).events().get(0);
      assertThat(event.data()).hasValue(ascii(measured));
      assertThat(event.untrustedPrefix()).isEqualTo(ascii(label));
    }
    LogWriter other = sha256().event(8, LogWriter.IPL, label + "echo good\0", "echo evil");
    assertThat(equal(EventLog.replay(other.log(), other.pcrs(Alg.SHA256, 8))).events())
        .singleElement()
        .satisfies(event -> assertThat(event.data()).isEmpty())
        .satisfies(event -> assertThat(event.untrustedPrefix().isEmpty()).isTrue());
  }

  /** What is cut off is GRUB's NUL, never a letter; where nothing follows the label, nothing is. */
  @Test
  void ofGrubsTextNoLetterIsCutOff() {
    LogWriter shorter = sha256().event(8, LogWriter.IPL, "grub_cmd: boot", "boo");
    assertThat(only(shorter, 8).data()).isEmpty();
    assertThat(only(sha256().event(8, LogWriter.IPL, "grub_cmd: ", ""), 8).data())
        .hasValue(Bytes.empty());
  }

  /** Only whole contents: neither a part of them nor of the name may be passed off as them. */
  @Test
  void ofABootVariableTheContentsAreShown() {
    Bytes header = Bytes.zeros(16).concat(Bytes.ofHex("02000000000000000300000000000000"));
    Bytes variable = header.concat(Bytes.ofHex("41004200"), ascii("xyz"));
    for (long type : new long[] {LogWriter.BOOT_VARIABLE, 0x8000000CL}) {
      LogWriter contents = sha256().event(1, type, variable, ascii("xyz"));
      MeasuredEvent shown =
          equal(EventLog.replay(contents.log(), contents.pcrs(Alg.SHA256, 1))).events().get(0);
      assertThat(shown.data()).hasValue(ascii("xyz"));
      assertThat(shown.untrustedPrefix()).isEqualTo(variable.slice(0, 36));
      LogWriter whole = sha256().measured(1, type, variable);
      assertThat(
              equal(EventLog.replay(whole.log(), whole.pcrs(Alg.SHA256, 1))).events().get(0).data())
          .hasValue(variable);
      LogWriter part = sha256().event(1, type, variable, ascii("yz"));
      assertThat(
              equal(EventLog.replay(part.log(), part.pcrs(Alg.SHA256, 1))).events().get(0).data())
          .isEmpty();
      LogWriter huge = sha256().event(1, type, Replays.flipped(variable, 8 * 20), ascii("xyz"));
      assertThat(
              equal(EventLog.replay(huge.log(), huge.pcrs(Alg.SHA256, 1))).events().get(0).data())
          .isEmpty();
    }
  }

  @Test
  void emptyContentsAreContentsAndAnEmptyPayloadIsAPayload() {
    LogWriter variable = sha256().event(1, LogWriter.BOOT_VARIABLE, Bytes.zeros(32), Bytes.empty());
    assertThat(only(variable, 1).data()).hasValue(Bytes.empty());
    LogWriter tagged = sha256().event(12, LogWriter.EVENT_TAG, Bytes.zeros(8), Bytes.empty());
    assertThat(only(tagged, 12).data()).hasValue(Bytes.empty());
  }

  @Test
  void ofATaggedEventThePayloadIsShownIfItWasMeasured() {
    Bytes tagged = Bytes.ofHex("0100000003000000").concat(ascii("abc"));
    LogWriter log = sha256().event(12, LogWriter.EVENT_TAG, tagged, ascii("abc"));
    MeasuredEvent event =
        equal(EventLog.replay(log.log(), log.pcrs(Alg.SHA256, 12))).events().get(0);
    assertThat(event.data()).hasValue(ascii("abc"));
    LogWriter lying =
        sha256().event(12, LogWriter.EVENT_TAG, Replays.flipped(tagged, 32), ascii("abc"));
    assertThat(
            equal(EventLog.replay(lying.log(), lying.pcrs(Alg.SHA256, 12))).events().get(0).data())
        .isEmpty();
  }

  @Test
  void anAuthorityMayCountOneByteTooManyAndNoMore() {
    LogWriter one = sha256().event(7, LogWriter.AUTHORITY, "certX", "cert");
    assertThat(equal(EventLog.replay(one.log(), one.pcrs(Alg.SHA256, 7))).events().get(0).data())
        .hasValue(ascii("cert"));
    LogWriter two = sha256().event(7, LogWriter.AUTHORITY, "certXX", "cert");
    refused(EventLog.replay(two.log(), two.pcrs(Alg.SHA256, 7)), LogFinding.LOG_DATA);
    LogWriter none = sha256().event(7, LogWriter.AUTHORITY, "", "cert");
    refused(EventLog.replay(none.log(), none.pcrs(Alg.SHA256, 7)), LogFinding.LOG_DATA);
  }

  // The ends of registers

  @ParameterizedTest(name = "PCR {0}")
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void whatComesAfterTheFirmwareIsNotTheFirmwares(int pcr) {
    boolean ends = pcr <= 3 || pcr == 6;
    LogWriter log =
        sha256()
            .measured(pcr, LogWriter.EFI_ACTION, "before")
            .measured(pcr, LogWriter.SEPARATOR, ZEROS)
            .measured(pcr, LogWriter.EFI_ACTION, "after");
    Replay.Equal replay = equal(EventLog.replay(log.log(), log.pcrs(Alg.SHA256, pcr)));
    assertThat(replay.events()).hasSize(ends ? 2 : 3);
    assertThat(replay.lateEvents()).hasSize(ends ? 1 : 0);
  }

  @ParameterizedTest(name = "PCR {0}")
  @ValueSource(ints = {4, 5, 7})
  void bootEndsWithTheExitFromBootServices(int pcr) {
    LogWriter log =
        sha256()
            .measured(pcr, LogWriter.SEPARATOR, ZEROS)
            .measured(pcr, LogWriter.EFI_ACTION, EXIT)
            .measured(pcr, LogWriter.EFI_ACTION, SUCCESS);
    Replay.Equal replay = equal(EventLog.replay(log.log(), log.pcrs(Alg.SHA256, pcr)));
    assertThat(replay.events()).hasSize(pcr == 7 ? 3 : 2);
    assertThat(replay.lateEvents()).hasSize(pcr == 7 ? 0 : 1);
  }

  // Banks

  @Test
  void aBankThatIsNotAtHandIsRefused() {
    LogWriter log = sha256().measured(5, LogWriter.SEPARATOR, ZEROS);
    RegisterBank pcrs = log.pcrs(Alg.SHA256, 5);
    equal(EventLog.replay(log.log(), List.of(pcrs), HashAlgorithm.SHA256));
    refused(EventLog.replay(log.log(), List.of(pcrs), HashAlgorithm.SHA384), LogFinding.LOG_BANK);
    refused(EventLog.replay(log.log(), List.of(), HashAlgorithm.SHA256), LogFinding.LOG_BANK);
    refused(EventLog.addUp(log.log(), RegisterKind.PCR, HashAlgorithm.SHA1), LogFinding.LOG_BANK);
    refused(
        EventLog.addUp(log.log(), RegisterKind.RTMR, HashAlgorithm.SHA256), LogFinding.LOG_BANK);
  }
}

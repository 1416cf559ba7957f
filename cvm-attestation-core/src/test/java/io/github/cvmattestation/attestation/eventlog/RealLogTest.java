package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.Replays.computed;
import static io.github.cvmattestation.attestation.eventlog.Replays.different;
import static io.github.cvmattestation.attestation.eventlog.Replays.equal;
import static io.github.cvmattestation.attestation.eventlog.Replays.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logs that real machines wrote, against the registers that the same machines quoted. */
class RealLogTest {
  /** RTMR0 of a version 4 quote: header 48, TD 1.0 body up to RTMR0 328. */
  private static final int RTMR0 = 376;

  @Test
  void theLogOfATdReplaysToTheRtmrsOfItsQuote() {
    RegisterBank quoted = rtmrs();
    Replay.Equal replay = equal(EventLog.replay(ccel(), quoted));
    assertThat(replay.registers()).isEqualTo(quoted);
    assertThat(replay.events()).hasSize(43);
    assertThat(quoted.value(2)).hasValueSatisfying(rtmr2 -> assertThat(rtmr2.isZero()).isFalse());
    assertThat(quoted.value(3)).hasValue(Bytes.zeros(48));
    assertThat(replay.events()).extracting(MeasuredEvent::register).containsOnly(0, 1, 2);
  }

  @Test
  void theSameValuesComeOutWithoutAQuote() {
    Replay.Computed computed = Replays.computed(EventLog.compute(ccel(), RegisterKind.RTMR));
    assertThat(computed.banks()).containsExactly(rtmrs());
  }

  /**
   * Of the first events of this log, only the variable and the separator are hashed as they are; of
   * boot variables the contents are, and of GRUB's events the text behind the label.
   */
  @Test
  void onlyDataThatItsDigestCoversIsShown() {
    List<MeasuredEvent> events = equal(EventLog.replay(ccel(), rtmrs())).events();
    MeasuredEvent firmware = events.get(1);
    assertThat(firmware.untrustedType()).isEqualTo(0x8000000AL);
    assertThat(firmware.data()).isEmpty();
    MeasuredEvent secureBoot = events.get(2);
    assertThat(EventType.of(secureBoot.untrustedType()))
        .hasValue(EventType.EV_EFI_VARIABLE_DRIVER_CONFIG);
    assertThat(secureBoot.data())
        .hasValueSatisfying(
            data ->
                assertThat(new String(data.slice(32, 52).toArray(), StandardCharsets.UTF_16LE))
                    .isEqualTo("SecureBoot"));
    assertThat(events)
        .filteredOn(event -> event.untrustedType() == LogWriter.SEPARATOR)
        .extracting(MeasuredEvent::data)
        .containsOnly(Optional.of(LogWriter.ZEROS));
    assertThat(events)
        .filteredOn(event -> event.untrustedType() == LogWriter.IPL)
        .hasSize(20)
        .filteredOn(event -> event.data().isPresent())
        .extracting(event -> text(event.untrustedPrefix()))
        .hasSize(15)
        .containsOnly("grub_cmd: ", "kernel_cmdline: ");
    assertThat(text(events.get(40).data().orElseThrow()))
        .startsWith("/syslinux/vmlinuz.A init=/usr/lib/systemd/systemd root");
    assertThat(events)
        .filteredOn(event -> event.untrustedType() == LogWriter.BOOT_VARIABLE)
        .extracting(event -> event.data().orElseThrow().size())
        .containsExactly(4, 96, 62);
  }

  @Test
  void anRtmrOfAnotherBootIsNamed() throws MalformedException {
    Map<Integer, Bytes> values = new TreeMap<>(rtmrs().values());
    values.put(2, Replays.flipped(values.get(2), 100));
    Replay.Different different =
        different(
            EventLog.replay(
                ccel(), RegisterBank.of(RegisterKind.RTMR, HashAlgorithm.SHA384, values)));
    assertThat(different.mismatches())
        .containsExactly(new Replay.Mismatch(2, values.get(2), rtmrs().value(2).orElseThrow()));
    assertThat(different.findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.expected()).isEqualTo("RTMR2 " + values.get(2).hex());
              assertThat(finding.actual()).isEqualTo(rtmrs().value(2).orElseThrow().hex());
            });
  }

  @Test
  void aRegisterWhoseEventsWereLeftOutIsNamed() {
    int afterHeader = 65;
    Replay.Different different = different(EventLog.replay(ccel().slice(0, afterHeader), rtmrs()));
    assertThat(different.mismatches())
        .extracting(Replay.Mismatch::register)
        .containsExactly(0, 1, 2);
  }

  @Test
  void aSecondSeparatorInOneRegisterIsRefused() throws MalformedException {
    Bytes log = Vectors.read("eventlog/ccel-dupe-separator/log.bin");
    Finding second = refused(EventLog.compute(log, RegisterKind.RTMR), LogFinding.LOG_SEPARATOR);
    assertThat(second.expected()).isEqualTo("RTMR0: one separator");
    RegisterBank agreeing = ReplayByHand.rtmrs(log);
    refused(EventLog.replay(log, agreeing), LogFinding.LOG_SEPARATOR);
    // The same reckoning by hand agrees with a real quote, so the values above are the log's own.
    assertThat(ReplayByHand.rtmrs(ccel())).isEqualTo(rtmrs());
  }

  @Test
  void theLogOfAnotherMachineIsDifferent() {
    Bytes other = Vectors.read("eventlog/ccel-dupe-separator/log.bin");
    different(EventLog.replay(other, rtmrs()));
  }

  @Test
  void aTpmsLogIsNotATdsLog() {
    Bytes log = Vectors.read("eventlog/cos-101-amd-sev/log.bin");
    refused(EventLog.compute(log, RegisterKind.RTMR), LogFinding.LOG_INDEX);
  }

  /** L1: every log of the manifest, in every bank that was recorded. */
  @ParameterizedTest(name = "{0}, {1} events")
  @CsvSource({"cos-101-amd-sev, 48", "debian-10, 25", "ubuntu-2104-no-secure-boot, 105"})
  void theLogOfATpmReplaysToItsPcrsInEveryBank(String id, int events) throws MalformedException {
    Bytes log = Vectors.read("eventlog/" + id + "/log.bin");
    for (RegisterBank pcrs : recorded(id)) {
      Replay.Equal replay = equal(EventLog.replay(log, pcrs));
      assertThat(replay.events().size() + replay.lateEvents().size()).isEqualTo(events);
      RegisterBank sum =
          computed(EventLog.addUp(log, RegisterKind.PCR, pcrs.algorithm())).banks().get(0);
      assertThat(sum.values()).containsAllEntriesOf(pcrs.values());
    }
  }

  @Test
  void theRecordedBanksAreThese() throws MalformedException {
    assertThat(recorded("debian-10"))
        .extracting(RegisterBank::algorithm)
        .containsExactly(HashAlgorithm.SHA1);
    for (String id : List.of("cos-101-amd-sev", "ubuntu-2104-no-secure-boot")) {
      assertThat(recorded(id))
          .extracting(RegisterBank::algorithm)
          .contains(HashAlgorithm.SHA1, HashAlgorithm.SHA256);
    }
  }

  /** The first shim that measured at all counted one byte too many in its authority's event. */
  @Test
  void ofAnOldShimsAuthorityAllButTheLastByteIsShown() throws MalformedException {
    Bytes log = Vectors.read("eventlog/debian-10/log.bin");
    MeasuredEvent shim =
        equal(EventLog.replay(log, recorded("debian-10").get(0))).events().stream()
            .filter(event -> event.untrustedType() == LogWriter.AUTHORITY)
            .reduce((first, second) -> second)
            .orElseThrow();
    assertThat(shim.data()).hasValueSatisfying(data -> assertThat(data.size()).isEqualTo(975));
  }

  private static List<RegisterBank> recorded(String id) throws MalformedException {
    return RegisterBank.parse(RegisterKind.PCR, Vectors.read("eventlog/" + id + "/pcrs.json"));
  }

  private static String text(Bytes octets) {
    return new String(octets.toArray(), StandardCharsets.US_ASCII);
  }

  private static Bytes ccel() {
    return Vectors.read("tdx/cos-113/ccel.bin");
  }

  private static RegisterBank rtmrs() {
    Bytes quote = Vectors.read("tdx/cos-113/quote.bin");
    try {
      return RegisterBank.rtmrs(
          IntStream.range(0, 4)
              .mapToObj(i -> quote.slice(RTMR0 + 48 * i, RTMR0 + 48 * (i + 1)))
              .toList());
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }
}

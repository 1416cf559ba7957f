package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.Replays.different;
import static io.github.cvmattestation.attestation.eventlog.Replays.equal;
import static io.github.cvmattestation.attestation.eventlog.Replays.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
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
   * Of the first events of this log, only the variable and the separator are hashed as they are.
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
        .allSatisfy(event -> assertThat(event.data()).isEmpty());
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

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource({
    "cos-101-amd-sev, sha1",
    "cos-101-amd-sev, sha256",
    "ubuntu-2104-no-secure-boot, sha1",
    "ubuntu-2104-no-secure-boot, sha256"
  })
  void theLogOfATpmReplaysToItsPcrs(String id, String bank) throws MalformedException {
    Json.Obj recorded =
        StrictJson.parse("pcrs.json", Vectors.read("eventlog/" + id + "/pcrs.json"), 1 << 16)
            .asObject()
            .require(bank)
            .asObject();
    Map<Integer, Bytes> values = new TreeMap<>();
    for (int pcr : IntStream.range(0, 24).toArray()) {
      if (recorded.get(Integer.toString(pcr)).isPresent()) {
        values.put(pcr, recorded.require(Integer.toString(pcr)).asHex());
      }
    }
    assertThat(values).hasSizeGreaterThan(10);
    RegisterBank pcrs =
        RegisterBank.of(RegisterKind.PCR, HashAlgorithm.ofBankName(bank).orElseThrow(), values);
    Bytes log = Vectors.read("eventlog/" + id + "/log.bin");
    assertThat(equal(EventLog.replay(log, pcrs)).events()).hasSizeGreaterThan(40);
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

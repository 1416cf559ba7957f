package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.Replays.equal;
import static io.github.cvmattestation.attestation.eventlog.Replays.refused;
import static io.github.cvmattestation.attestation.eventlog.Replays.refusedEitherWay;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.eventlog.LogWriter.Alg;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are no log, or not quite one. */
class LogFormatTest {
  private static final String SIGNATURE = "53706563204944204576656e74303300";
  private static final String SHA384 = "0c003000";
  private static final String DIGEST = "aa".repeat(48);

  // No log at all

  @Test
  void noBytesAreNoLogEvenOfAMachineThatMeasuredNothing() {
    refusedEitherWay(LogWriter.bare(Alg.SHA384), LogFinding.LOG_EMPTY);
    LogWriter measured = LogWriter.ccel().measured(1, LogWriter.IPL, "x");
    refused(EventLog.replay(Bytes.empty(), measured.rtmrs()), LogFinding.LOG_EMPTY);
    refused(EventLog.compute(Bytes.empty(), RegisterKind.PCR), LogFinding.LOG_EMPTY);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(ints = {0x00, 0xFF})
  void paddingAloneIsNoLog(int octet) {
    refusedEitherWay(LogWriter.bare(Alg.SHA384).fill(octet, 4096), LogFinding.LOG_EMPTY);
    refused(
        EventLog.compute(LogWriter.bare(Alg.SHA1).fill(octet, 4096).log(), RegisterKind.PCR),
        octet == 0 ? LogFinding.LOG_EMPTY : LogFinding.LOG_INDEX);
  }

  @Test
  void whoHasNoLogIsToldSoAndNotThatItIsPadding() {
    Bytes padding = LogWriter.bare(Alg.SHA384).fill(0xFF, 16).log();
    assertThat(refused(EventLog.compute(Bytes.empty(), RegisterKind.RTMR), LogFinding.LOG_EMPTY))
        .extracting(Finding::actual)
        .isEqualTo("no bytes");
    assertThat(refused(EventLog.compute(padding, RegisterKind.RTMR), LogFinding.LOG_EMPTY))
        .extracting(Finding::actual)
        .isEqualTo("16 bytes of padding");
  }

  @Test
  void aLogLargerThanAnyIsNotRead() {
    int room = EventLog.MAX_SIZE - EventLogTest.boot().log().size();
    LogWriter full = EventLogTest.boot().fill(0xFF, room);
    equal(EventLog.replay(full.log(), full.rtmrs()));
    refusedEitherWay(full.fill(0xFF, 1), LogFinding.LOG_LIMIT);
  }

  // The first event

  /** {@code specId(…)} below makes what every negative changes one thing of. */
  @Test
  void theFirstEventOfTheseTestsIsGood() {
    LogWriter log = first(3, "00".repeat(20), specId("0000", "01000000" + SHA384, "00"));
    assertThat(equal(EventLog.replay(log.log(), log.rtmrs())).events()).isEmpty();
    LogWriter vendor = first(3, "00".repeat(20), specId("0000", "01000000" + SHA384, "03616263"));
    assertThat(equal(EventLog.replay(vendor.log(), vendor.rtmrs())).events()).isEmpty();
  }

  static Stream<Arguments> badFirstEvents() {
    String one = "01000000" + SHA384;
    return Stream.of(
        Arguments.of("older signature", specId("0000", one, "00").replace("3033", "3032")),
        Arguments.of("signature not ended", specId("0000", one, "00").replace("303300", "303320")),
        Arguments.of("version 1.2", SIGNATURE + "00000000" + "02010002" + one + "00"),
        Arguments.of("version 2.1", SIGNATURE + "00000000" + "01020002" + one + "00"),
        Arguments.of("version 3.0", SIGNATURE + "00000000" + "00030002" + one + "00"),
        Arguments.of("no algorithms", specId("0000", "00000000", "00")),
        Arguments.of("more than are known", specId("0000", "05000000" + SHA384.repeat(5), "00")),
        Arguments.of("2^32 - 1 algorithms", specId("0000", "ffffffff" + SHA384, "00")),
        Arguments.of("an algorithm twice", specId("0000", "02000000" + SHA384.repeat(2), "00")),
        Arguments.of("an unknown algorithm", specId("0000", "01000000" + "12002000", "00")),
        Arguments.of("a wrong size", specId("0000", "01000000" + "0c002000", "00")),
        Arguments.of("size zero", specId("0000", "01000000" + "0c000000", "00")),
        Arguments.of("fewer than counted", specId("0000", "02000000" + SHA384, "")),
        Arguments.of("vendor bytes missing", specId("0000", one, "03616263").replace("6263", "62")),
        Arguments.of("bytes after the vendor's", specId("0000", one, "0000")),
        Arguments.of("nothing", ""));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badFirstEvents")
  void aFirstEventThatDeclaresNoKnownFormatIsRefused(String name, String event) {
    refusedEitherWay(first(3, "00".repeat(20), event), LogFinding.LOG_FORMAT);
  }

  @ParameterizedTest(name = "type {0}")
  @ValueSource(longs = {0, 1, 4, 8, 0x80000003L})
  void aFirstEventOfAnotherTypeIsRefused(long type) {
    refusedEitherWay(
        first(type, "00".repeat(20), specId("0000", "01000000" + SHA384, "00")),
        LogFinding.LOG_FORMAT);
  }

  @Test
  void aFirstEventWithADigestIsRefused() {
    refusedEitherWay(
        first(3, "00".repeat(19) + "01", specId("0000", "01000000" + SHA384, "00")),
        LogFinding.LOG_FORMAT);
  }

  @Test
  void aFirstEventOfNoKnownRegisterIsRefused() {
    LogWriter log = LogWriter.bare(Alg.SHA384).u32(5).u32(3).fill(0, 20).u32(0);
    refusedEitherWay(log, LogFinding.LOG_INDEX);
    Finding finding = refused(EventLog.compute(log.log(), RegisterKind.RTMR), LogFinding.LOG_INDEX);
    assertThat(finding.expected()).endsWith("RTMR0 to RTMR3");
    assertThat(finding.actual()).isEqualTo("index 5");
  }

  // The events after it

  @ParameterizedTest(name = "{0}")
  @ValueSource(longs = {0, 5, 6, 0x7FFFFFFFL, 0x80000001L, 0xFFFFFFFFL})
  void anIndexThatExtendsNothingIsRefused(long index) {
    LogWriter log =
        LogWriter.ccel().u32(index).u32(LogWriter.IPL).raw("01000000" + "0c00" + DIGEST);
    refusedEitherWay(log.u32(0).u32(1), LogFinding.LOG_INDEX);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(longs = {24, 0xFFFFFFFFL})
  void aPcrThatDoesNotExistIsRefused(long index) {
    LogWriter log =
        LogWriter.withAlgorithms(Alg.SHA384).u32(index).u32(3).raw("01000000" + "0c00" + DIGEST);
    refused(EventLog.compute(log.u32(0).log(), RegisterKind.PCR), LogFinding.LOG_INDEX);
  }

  @Test
  void remarksAboutNoKnownRegisterAreRefused() {
    LogWriter log = LogWriter.ccel().u32(5).u32(3).raw("01000000" + "0c00" + DIGEST).u32(0);
    refusedEitherWay(log, LogFinding.LOG_INDEX);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "no digests, 00000000",
    "one too many, 02000000 0c00 D 0c00 D",
    "2^32 - 1, ffffffff 0c00 D",
    "an algorithm that was not declared, 01000000 0b00 D",
    "the declared algorithm and a bit more, 01000000 0c01 D",
    "an unknown algorithm, 01000000 1200 D"
  })
  void digestsOtherThanDeclaredAreRefused(String name, String digests) {
    LogWriter log =
        LogWriter.ccel()
            .u32(1)
            .u32(LogWriter.IPL)
            .raw(digests.replace("D", DIGEST).replace(" ", ""));
    refusedEitherWay(log.u32(0), LogFinding.LOG_FORMAT);
  }

  @Test
  void oneDigestTwiceInsteadOfBothIsRefused() {
    LogWriter log =
        LogWriter.withAlgorithms(Alg.SHA1, Alg.SHA384)
            .u32(1)
            .u32(LogWriter.IPL)
            .raw("02000000" + "0c00" + DIGEST + "0c00" + DIGEST)
            .u32(0);
    refusedEitherWay(log, LogFinding.LOG_FORMAT);
  }

  @Test
  void digestsMayStandInAnotherOrderThanDeclared() {
    byte[] sha1 = Alg.SHA1.hash(new byte[0]);
    byte[] sha384 = Alg.SHA384.hash(new byte[0]);
    LogWriter log =
        LogWriter.withAlgorithms(Alg.SHA1, Alg.SHA384)
            .u32(1)
            .u32(LogWriter.IPL)
            .raw("02000000" + "0c00" + Bytes.of(sha384).hex() + "0400" + Bytes.of(sha1).hex())
            .u32(0);
    LogWriter same =
        LogWriter.withAlgorithms(Alg.SHA1, Alg.SHA384).measured(1, LogWriter.IPL, Bytes.empty());
    equal(EventLog.replay(log.log(), same.rtmrs()));
  }

  /**
   * L10. Sizes that no log can hold are a limit; sizes that this log does not hold are its format.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "0xFFFFFFFF, LOG_LIMIT",
    "0x80000000, LOG_LIMIT",
    "0x00100001, LOG_LIMIT",
    "0x00100000, LOG_FORMAT",
    "0x00000005, LOG_FORMAT"
  })
  void anEventLargerThanTheLogIsRefusedBeforeAnythingIsAllocated(String size, LogFinding code) {
    LogWriter log = LogWriter.ccel().u32(1).u32(LogWriter.IPL).raw("01000000" + "0c00" + DIGEST);
    refusedEitherWay(log.u32(Long.decode(size)).u32(0x61616161), code);
  }

  @Test
  void theFirstEventMayNotBeLargerThanTheLogEither() {
    LogWriter log = LogWriter.bare(Alg.SHA384).u32(1).u32(3).fill(0, 20).u32(0xFFFFFFFFL);
    refusedEitherWay(log, LogFinding.LOG_LIMIT);
  }

  /** L10. */
  @Test
  void eventsWithoutDataAreEvents() {
    LogWriter log = LogWriter.ccel().measured(1, LogWriter.EFI_ACTION, Bytes.empty());
    assertThat(equal(EventLog.replay(log.log(), log.rtmrs())).events())
        .singleElement()
        .satisfies(event -> assertThat(event.data()).hasValue(Bytes.empty()));
  }

  /** Offsets in what is reported are those of the log, and what is left is counted from there. */
  @Test
  void aCutLogSaysWhichFieldIsMissingWhat() {
    LogWriter log = LogWriter.ccel().u32(1).u32(LogWriter.IPL).raw("01000000" + "0c00" + DIGEST);
    Bytes noSize = log.raw("0500").log();
    Bytes noData = log.raw("0000" + "616161").log();
    assertThat(refused(EventLog.compute(noSize, RegisterKind.RTMR), LogFinding.LOG_FORMAT))
        .isEqualTo(
            Finding.of(
                LogFinding.LOG_FORMAT,
                "event log.eventSize at byte %d: 4 bytes".formatted(noSize.size() - 2),
                "2 left"));
    assertThat(refused(EventLog.compute(noData, RegisterKind.RTMR), LogFinding.LOG_FORMAT))
        .isEqualTo(
            Finding.of(
                LogFinding.LOG_FORMAT,
                "event log.event at byte %d: at least 5 bytes".formatted(noData.size() - 3),
                "3 left"));
  }

  // After the last event

  /** L14. */
  @ParameterizedTest(name = "{0} of {1}")
  @CsvSource({"1, 0", "3, 0", "4, 0", "4096, 0", "1, 255", "3, 255", "4, 255", "4096, 255"})
  void paddingOfOneKindEndsTheLogOfATd(int size, int octet) {
    LogWriter log = EventLogTest.boot().fill(octet, size);
    assertThat(equal(EventLog.replay(log.log(), log.rtmrs())).events()).hasSize(7);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(
      strings = {
        "ffffffffffffffff00",
        "00000000000000ff",
        "ffffffff00000000",
        "00000000ffffffff",
        "fffffffe",
        "00000001",
        "01",
        "ffffffffffffffffffffffff01000000"
      })
  void anythingElseAfterTheLastEventIsRefused(String trailing) {
    LogWriter log = EventLogTest.boot().raw(trailing);
    Replay replay = EventLog.replay(log.log(), log.rtmrs());
    assertThat(replay).isInstanceOf(Replay.Refused.class);
    assertThat(replay.findings())
        .extracting(Finding::code)
        .containsAnyOf(LogFinding.LOG_FORMAT, LogFinding.LOG_INDEX);
    assertThat(EventLog.compute(log.log(), RegisterKind.RTMR)).isInstanceOf(Replay.Refused.class);
  }

  /** L14. */
  @Test
  void eventsBehindThePaddingAreNotPassedOver() {
    LogWriter log = EventLogTest.boot().fill(0xFF, 8).measured(1, LogWriter.IPL, "hidden");
    refusedEitherWay(log, LogFinding.LOG_INDEX);
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(ints = {0x00, 0xFF})
  void theLogOfATpmHasNoPadding(int octet) {
    LogWriter log =
        LogWriter.withAlgorithms(Alg.SHA256).measured(1, LogWriter.IPL, "x").fill(octet, 64);
    assertThat(EventLog.replay(log.log(), log.pcrs(Alg.SHA256, 1)))
        .isInstanceOf(Replay.Refused.class);
  }

  private static LogWriter first(long type, String digest, String event) {
    return LogWriter.bare(Alg.SHA384)
        .u32(1)
        .u32(type)
        .raw(digest)
        .u32(event.length() / 2)
        .raw(event);
  }

  private static String specId(String version, String algorithms, String vendor) {
    return SIGNATURE + "00000000" + version.substring(0, 2) + "02" + "0002" + algorithms + vendor;
  }
}

package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.SipaWriter.bool;
import static io.github.cvmattestation.attestation.eventlog.SipaWriter.boundary;
import static io.github.cvmattestation.attestation.eventlog.SipaWriter.item;
import static io.github.cvmattestation.attestation.eventlog.SipaWriter.sized;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.eventlog.LogWriter.Alg;
import io.github.cvmattestation.attestation.eventlog.WindowsSetting.State;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Logs that replay and lie: cases L9 and L2 to L4 for the events of Windows. */
class HostileWindowsLogTest {
  private static final long TEST_SIGNING = 0x00050003L;
  private static final long CODE_INTEGRITY = 0x00050002L;

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8})
  void aggregationsMayNestEightDeep(int depth) throws Exception {
    assertThat(WindowsBootTest.read(open().measured(12, LogWriter.EVENT_TAG, nested(depth))))
        .isPresent();
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 100, 100_000})
  void deeperNestingIsRefusedAndDoesNotExhaustTheStack(int depth) {
    refused(open().measured(12, LogWriter.EVENT_TAG, nested(depth)));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 2, 3, 0x7FFFFFFFL, 0x80000000L, 0xFFFFFFF8L, 0xFFFFFFFFL})
  void aSizeThatLiesIsRefused(long size) {
    // One byte of data under every other size: outermost, inside, and in a module.
    Bytes lie = sized(TEST_SIGNING, size, Bytes.ofHex("01"));
    refused(open().measured(12, LogWriter.EVENT_TAG, boundary(lie)));
    refused(open().measured(12, LogWriter.EVENT_TAG, boundary(item(0x40010003L, lie))));
    refused(
        open()
            .measured(
                12, LogWriter.EVENT_TAG, sized(0x40010001L, size, Bytes.ofHex("0102030405"))));
  }

  @Test
  void everyCutOfAnEventIsRefused() {
    Bytes whole = SipaWriter.healthy();
    for (int size = 8; size < whole.size(); size++) {
      refused(open().measured(12, LogWriter.EVENT_TAG, whole.slice(0, size)));
    }
  }

  @Test
  void bytesAfterAnEventAreRefused() {
    refused(open().measured(12, LogWriter.EVENT_TAG, SipaWriter.healthy().concat(Bytes.zeros(1))));
    refused(open().measured(12, LogWriter.EVENT_TAG, SipaWriter.healthy().concat(boundary())));
    refused(open().measured(12, LogWriter.EVENT_TAG, item(0x40010001L, Bytes.zeros(7))));
  }

  @ParameterizedTest
  @ValueSource(longs = {0x0000000DL, 0x80000007L, 0x00000005L, 0x80000003L, 0x00000002L})
  void aReportThatIsHiddenUnderAnotherTypeIsRefused(long type) {
    Bytes report = boundary(bool(TEST_SIGNING, 1));
    LogWriter log =
        LogWriter.withAlgorithms(Alg.SHA256)
            .measured(12, LogWriter.EVENT_TAG, SipaWriter.healthy())
            .measured(12, type, report)
            .measured(12, LogWriter.SEPARATOR, SipaWriter.WBCL)
            .measured(13, LogWriter.SEPARATOR, SipaWriter.WBCL);
    refused(log);
  }

  @Test
  void aReportWithOtherDataIsRefused() {
    LogWriter log =
        LogWriter.withAlgorithms(Alg.SHA256)
            .event(
                12,
                LogWriter.EVENT_TAG,
                boundary(bool(TEST_SIGNING, 0)),
                boundary(bool(TEST_SIGNING, 1)))
            .measured(12, LogWriter.SEPARATOR, SipaWriter.WBCL)
            .measured(13, LogWriter.SEPARATOR, SipaWriter.WBCL);
    refused(log);
  }

  @ParameterizedTest
  @ValueSource(longs = {0x00000006L, 0x0000000DL, 0x80000007L})
  void aSeparatorUnderAnotherTypeIsRefused(long type) {
    LogWriter log =
        LogWriter.withAlgorithms(Alg.SHA256)
            .measured(12, LogWriter.EVENT_TAG, SipaWriter.healthy())
            .measured(12, type, SipaWriter.WBCL)
            .measured(13, LogWriter.SEPARATOR, SipaWriter.WBCL);
    refused(log);
  }

  @Test
  void aSecondSeparatorIsRefused() {
    refused(SipaWriter.boot().measured(12, LogWriter.SEPARATOR, SipaWriter.WBCL));
    refused(SipaWriter.boot().measured(13, LogWriter.SEPARATOR, SipaWriter.WBCL));
  }

  @Test
  void aSeparatorOfTheFirmwareDoesNotCloseARegisterOfWindows() {
    refused(
        LogWriter.withAlgorithms(Alg.SHA256)
            .measured(12, LogWriter.EVENT_TAG, SipaWriter.healthy())
            .measured(12, LogWriter.SEPARATOR, LogWriter.ZEROS));
  }

  @Test
  void whatIsReportedAfterTheSeparatorIsNotBelieved() throws Exception {
    LogWriter log =
        LogWriter.withAlgorithms(Alg.SHA256)
            .measured(12, LogWriter.EVENT_TAG, boundary(bool(TEST_SIGNING, 0)))
            .measured(12, LogWriter.SEPARATOR, SipaWriter.WBCL)
            .measured(12, LogWriter.EVENT_TAG, boundary(bool(CODE_INTEGRITY, 1)))
            .event(12, LogWriter.IPL, "anything", "at all")
            .measured(13, LogWriter.SEPARATOR, SipaWriter.WBCL)
            .measured(13, LogWriter.EVENT_TAG, boundary(SipaWriter.elam("Windows Defender")));
    WindowsBoot boot = WindowsBootTest.read(log).orElseThrow();
    assertThat(boot.state(WindowsSetting.TEST_SIGNING)).isEqualTo(State.OFF);
    assertThat(boot.state(WindowsSetting.CODE_INTEGRITY)).isEqualTo(State.UNKNOWN);
    assertThat(boot.elam()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {12, 13})
  void aRegisterThatWasNotClosedProvesNoSafeState(int missing) throws Exception {
    LogWriter log =
        LogWriter.withAlgorithms(Alg.SHA256)
            .measured(12, LogWriter.EVENT_TAG, SipaWriter.healthy())
            .measured(13, LogWriter.EVENT_TAG, boundary(bool(0x00040001L, 1)))
            .measured(25 - missing, LogWriter.SEPARATOR, SipaWriter.WBCL);
    WindowsBoot boot = WindowsBootTest.read(log).orElseThrow();
    assertThat(boot.complete()).isFalse();
    assertThat(boot.states())
        .allSatisfy((setting, state) -> assertThat(state).isNotEqualTo(setting.safe()));
    assertThat(boot.state(WindowsSetting.BOOT_DEBUGGING)).isEqualTo(State.ON);
    assertThat(boot.nxPolicy()).isEqualTo(NxPolicy.UNKNOWN);
  }

  @Test
  void anEventOutsideAnyContainerIsRefused() {
    refused(open().measured(12, LogWriter.EVENT_TAG, bool(CODE_INTEGRITY, 1)));
    refused(open().measured(13, LogWriter.EVENT_TAG, Bytes.empty()));
    refused(open().measured(12, LogWriter.EVENT_TAG, item(0x40050002L)));
    refused(open().measured(12, LogWriter.EVENT_TAG, item(0x00010001L)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"00d8", "61", "6100000062006300", "00dc00d8"})
  void namesThatAreNotUtf16AreRefused(String hex) {
    Bytes module = item(0x40010003L, item(0x00070001L, Bytes.ofHex(hex)));
    refused(open().measured(13, LogWriter.EVENT_TAG, boundary(module)));
    Bytes elam = item(0x40010002L, item(0x00090001L, Bytes.ofHex(hex)));
    refused(open().measured(13, LogWriter.EVENT_TAG, boundary(elam)));
  }

  @Test
  void everyTurnedBitOfTheLogIsRefusedOrChangesNothing() throws Exception {
    LogWriter log = SipaWriter.boot();
    RegisterBank pcrs = log.pcrs(Alg.SHA256, 12, 13, 14);
    List<Object> truth = story(WindowsBootTest.read(log).orElseThrow());
    int unchanged = 0;
    for (int bit = 0; bit < 8 * log.log().size(); bit++) {
      Bytes turned = Replays.flipped(log.log(), bit);
      if (EventLog.replay(turned, pcrs) instanceof Replay.Equal equal) {
        try {
          WindowsBoot boot = WindowsBoot.from(equal).orElseThrow();
          // PCR 14 is read as a whole or not at all; all else is as it was.
          assertThat(story(boot)).as("bit %d", bit).isEqualTo(truth);
          unchanged++;
        } catch (MalformedException e) {
          assertThat(e.toFinding(LogFinding.LOG_FORMAT).code()).isEqualTo(LogFinding.WINDOWS_LOG);
        }
      }
    }
    assertThat(unchanged).isPositive();
  }

  private static List<Object> story(WindowsBoot boot) {
    return List.of(
        boot.complete(),
        boot.states(),
        boot.nxPolicy(),
        boot.bitLockerUnlocks(),
        boot.modules(),
        boot.elam());
  }

  private static Bytes nested(int depth) {
    byte[] headers = new byte[8 * depth];
    for (int level = 0; level < depth; level++) {
      Bytes header =
          SipaWriter.number(0x40010001L, 4).concat(SipaWriter.number(8L * (depth - level - 1), 4));
      header.copyTo(headers, 8 * level);
    }
    return Bytes.of(headers);
  }

  private static LogWriter open() {
    return LogWriter.withAlgorithms(Alg.SHA256)
        .measured(12, LogWriter.EVENT_TAG, SipaWriter.healthy());
  }

  private static void refused(LogWriter log) {
    MalformedException refusal =
        catchThrowableOfType(MalformedException.class, () -> WindowsBootTest.read(log));
    assertThat(refusal).isNotNull();
    assertThat(refusal.toFinding(LogFinding.LOG_FORMAT).code()).isEqualTo(LogFinding.WINDOWS_LOG);
  }
}

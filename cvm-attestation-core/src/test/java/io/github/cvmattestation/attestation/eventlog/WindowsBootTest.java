package io.github.cvmattestation.attestation.eventlog;

import static io.github.cvmattestation.attestation.eventlog.SipaWriter.bool;
import static io.github.cvmattestation.attestation.eventlog.SipaWriter.boundary;
import static io.github.cvmattestation.attestation.eventlog.SipaWriter.item;
import static io.github.cvmattestation.attestation.eventlog.SipaWriter.u32;
import static io.github.cvmattestation.attestation.eventlog.SipaWriter.u64;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.eventlog.LogWriter.Alg;
import io.github.cvmattestation.attestation.eventlog.WindowsSetting.State;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is believed of a Windows boot, and what of it is believed only at its weakest. */
class WindowsBootTest {
  @Test
  void aHealthyBootIsReadInFull() throws Exception {
    WindowsBoot boot = read(SipaWriter.boot()).orElseThrow();
    assertThat(boot.complete()).isTrue();
    for (WindowsSetting setting : WindowsSetting.values()) {
      assertThat(boot.state(setting)).as(setting.name()).isEqualTo(setting.safe());
    }
    assertThat(boot.nxPolicy()).isEqualTo(NxPolicy.ALWAYS_ON);
    assertThat(boot.bitLockerUnlocks()).containsExactly(BitLockerUnlock.TPM);
    assertThat(boot.modules()).hasSize(2);
    WindowsModule kernel = boot.modules().get(0);
    assertThat(kernel.register()).isEqualTo(13);
    assertThat(kernel.path()).hasValue("\\Windows\\system32\\ntoskrnl.exe");
    assertThat(kernel.algorithm()).hasValue(HashAlgorithm.SHA256);
    assertThat(kernel.authenticodeDigest()).hasValue(Bytes.ofHex("11".repeat(32)));
    assertThat(kernel.issuer()).hasValue("Microsoft Windows Production PCA 2011");
    assertThat(kernel.publisher()).hasValue("Microsoft Windows");
    assertThat(kernel.serial()).hasValue(Bytes.ofHex("3300000460cf42a912315f6fb3"));
    assertThat(kernel.thumbprint())
        .hasValue(Bytes.ofHex("580a6f4cc4e4b669b9ebdc1b2b3e087b80d0678d"));
    assertThat(kernel.validated()).isEqualTo(State.ON);
    assertThat(kernel.securityVersion()).hasValue(7L);
    assertThat(boot.elam())
        .containsExactly(
            new WindowsElam(
                Optional.of("Windows Defender"),
                Optional.of(Bytes.ofHex("01020304")),
                Optional.of(Bytes.ofHex("0506")),
                Optional.of(Bytes.ofHex("07"))));
    assertThat(boot.authorities()).hasValue(List.of(Bytes.ofHex("30820122")));
  }

  @Test
  void aLinuxBootIsNotOneOfWindows() throws Exception {
    LogWriter log =
        LogWriter.withAlgorithms(Alg.SHA256)
            .event(12, LogWriter.IPL, "kernel command line", "measured")
            .event(12, LogWriter.EVENT_TAG, "not covered", "measured")
            .event(14, LogWriter.IPL, "MokList", "contents");
    assertThat(read(log)).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(WindowsSetting.class)
  void oneReportOfTheWeakStateDecidesWhateverComesBeforeOrAfter(WindowsSetting setting)
      throws Exception {
    Bytes weak = report(setting, setting.safe() == State.ON ? 0 : 1);
    Bytes safe = report(setting, setting.safe() == State.ON ? 1 : 0);
    State expected = setting.safe() == State.ON ? State.OFF : State.ON;
    assertThat(state(setting, boundary(safe), boundary(weak))).isEqualTo(expected);
    assertThat(state(setting, boundary(weak), boundary(safe))).isEqualTo(expected);
    assertThat(state(setting, boundary(safe, weak))).isEqualTo(expected);
    assertThat(state(setting, boundary(boundary(weak), safe))).isEqualTo(expected);
    assertThat(state(setting, boundary(safe), boundary(safe))).isEqualTo(setting.safe());
  }

  @ParameterizedTest
  @EnumSource(WindowsSetting.class)
  void missingUnknownOrDoubledReportsAreNeverSafe(WindowsSetting setting) throws Exception {
    Bytes safe = report(setting, setting.safe() == State.ON ? 1 : 0);
    assertThat(state(setting, boundary())).isEqualTo(State.UNKNOWN);
    assertThat(state(setting, boundary(report(setting, 2)))).isEqualTo(State.UNKNOWN);
    assertThat(state(setting, boundary(safe), boundary(report(setting, 255))))
        .isEqualTo(State.UNKNOWN);
    assertThat(state(setting, boundary(safe, safe))).isEqualTo(State.UNKNOWN);
    assertThat(state(setting, boundary(item(setting.type())))).isEqualTo(State.UNKNOWN);
    assertThat(state(setting, boundary(u32(setting.type(), 1)))).isEqualTo(State.UNKNOWN);
    assertThat(state(setting, boundary(item(setting.type(), Bytes.ofHex("0100")))))
        .isEqualTo(State.UNKNOWN);
  }

  @ParameterizedTest
  @CsvSource({"0,OPT_IN", "1,OPT_OUT", "2,ALWAYS_OFF", "3,ALWAYS_ON", "4,UNKNOWN", "-1,UNKNOWN"})
  void theNumberOfTheNxPolicyIsNotABoolean(long number, NxPolicy expected) throws Exception {
    assertThat(boot(boundary(u64(0x00050004L, number))).nxPolicy()).isEqualTo(expected);
  }

  @Test
  void theWeakestNxPolicyIsBelieved() throws Exception {
    Bytes on = u64(0x00050004L, 3);
    Bytes off = u64(0x00050004L, 2);
    assertThat(boot(boundary(on), boundary(off)).nxPolicy()).isEqualTo(NxPolicy.ALWAYS_OFF);
    assertThat(boot(boundary(off), boundary(on)).nxPolicy()).isEqualTo(NxPolicy.ALWAYS_OFF);
    assertThat(boot(boundary(on, on)).nxPolicy()).isEqualTo(NxPolicy.UNKNOWN);
    assertThat(boot(boundary(on), boundary(u64(0x00050004L, 9))).nxPolicy())
        .isEqualTo(NxPolicy.UNKNOWN);
    assertThat(boot(boundary(on), boundary(bool(0x00050004L, 3))).nxPolicy())
        .isEqualTo(NxPolicy.UNKNOWN);
    assertThat(boot(boundary()).nxPolicy()).isEqualTo(NxPolicy.UNKNOWN);
  }

  @Test
  void everyWayThatOpenedAVolumeIsKept() throws Exception {
    assertThat(boot(boundary(u32(0x00020005L, 0x14)), boundary(u32(0x00020005L, 0x40))))
        .extracting(WindowsBoot::bitLockerUnlocks)
        .isEqualTo(Set.of(BitLockerUnlock.TPM, BitLockerUnlock.PIN, BitLockerUnlock.RECOVERY));
    assertThat(boot(boundary(u32(0x00020005L, 0))).bitLockerUnlocks())
        .containsExactly(BitLockerUnlock.NONE);
    assertThat(boot(boundary(u64(0x00020005L, 0x404))).bitLockerUnlocks())
        .containsExactly(BitLockerUnlock.TPM, BitLockerUnlock.UNKNOWN);
    assertThat(boot(boundary(bool(0x00020005L, 4))).bitLockerUnlocks())
        .containsExactly(BitLockerUnlock.UNKNOWN);
    assertThat(boot(boundary(u64(0x00020005L, -1))).bitLockerUnlocks())
        .containsExactly(BitLockerUnlock.UNKNOWN);
    assertThat(boot(boundary()).bitLockerUnlocks()).isEmpty();
  }

  @Test
  void whatAModuleSaysTwiceOrInAnUnknownWayIsAbsent() throws Exception {
    Bytes digest = item(0x00070004L, Bytes.ofHex("33".repeat(32)));
    assertThat(module(u32(0x00070003L, 0x800C), digest, digest).authenticodeDigest()).isEmpty();
    assertThat(module(u32(0x00070003L, 0x8003), digest).authenticodeDigest()).isEmpty();
    assertThat(module(u32(0x00070003L, 0x800E), digest).authenticodeDigest()).isEmpty();
    assertThat(module(digest).authenticodeDigest()).isEmpty();
    WindowsModule known = module(u32(0x00070003L, 0x800C), digest, bool(0x0007000AL, 3));
    assertThat(known.authenticodeDigest()).hasValue(Bytes.ofHex("33".repeat(32)));
    assertThat(known.validated()).isEqualTo(State.UNKNOWN);
    assertThat(known.path()).isEmpty();
    assertThat(known.serial()).isEmpty();
    assertThat(module(item(0x00070009L, Bytes.ofHex("00"))).thumbprint()).isEmpty();
    assertThat(module(item(0x00070006L, Bytes.zeros(129))).serial()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(longs = {0x00030001L, 0x00030003L, 0x80030002L, 0x00030005L})
  void aReportedFailureLeavesNoSafeState(long error) throws Exception {
    WindowsBoot boot = boot(SipaWriter.healthy(), boundary(boundary(item(error))));
    assertThat(boot.complete()).isFalse();
    assertThat(boot.states().values()).containsOnly(State.UNKNOWN);
    assertThat(boot.nxPolicy()).isEqualTo(NxPolicy.UNKNOWN);
  }

  @ParameterizedTest
  @CsvSource({"32772,SHA1", "32780,SHA256", "32781,SHA384", "32782,SHA512"})
  void digestsOfEveryKnownAlgorithmAreRead(long algId, HashAlgorithm algorithm) throws Exception {
    Bytes digest = Bytes.ofHex("5a".repeat(algorithm.digestSize()));
    WindowsModule module = module(u32(0x00070003L, algId), item(0x00070004L, digest));
    assertThat(module.algorithm()).hasValue(algorithm);
    assertThat(module.authenticodeDigest()).hasValue(digest);
  }

  @Test
  void keysOfPcr14AreAllOrNothing() throws Exception {
    Bytes key = item(0x00060002L, Bytes.ofHex("aa"));
    assertThat(authorities(key, SipaWriter.WBCL)).hasValue(List.of(Bytes.ofHex("aa")));
    assertThat(authorities(key)).isEmpty();
    assertThat(authorities(key, item(0x00060001L), SipaWriter.WBCL)).isEmpty();
    LogWriter hidden =
        LogWriter.withAlgorithms(Alg.SHA256)
            .measured(12, LogWriter.SEPARATOR, SipaWriter.WBCL)
            .event(14, LogWriter.EVENT_TAG, "some data", "other data")
            .measured(14, LogWriter.SEPARATOR, SipaWriter.WBCL);
    assertThat(read(hidden).orElseThrow().authorities()).isEmpty();
  }

  private static Optional<List<Bytes>> authorities(Bytes... events) throws MalformedException {
    LogWriter log =
        LogWriter.withAlgorithms(Alg.SHA256).measured(12, LogWriter.SEPARATOR, SipaWriter.WBCL);
    for (Bytes event : events) {
      boolean separator = event.equals(SipaWriter.WBCL);
      log.measured(14, separator ? LogWriter.SEPARATOR : LogWriter.EVENT_TAG, event);
    }
    return read(log).orElseThrow().authorities();
  }

  private static WindowsModule module(Bytes... items) throws MalformedException {
    return boot(boundary(item(0x40010003L, items))).modules().get(0);
  }

  /** As wide as wbcl.h's consumers read it: launch types have eight bytes, all others one. */
  private static Bytes report(WindowsSetting setting, int value) {
    boolean wide =
        setting == WindowsSetting.HYPERVISOR_LAUNCH || setting == WindowsSetting.VSM_LAUNCH;
    return wide ? u64(setting.type(), value) : bool(setting.type(), value);
  }

  private static State state(WindowsSetting setting, Bytes... events) throws MalformedException {
    return boot(events).state(setting);
  }

  /** These events in PCR 12, and both registers closed. */
  private static WindowsBoot boot(Bytes... events) throws MalformedException {
    LogWriter log = LogWriter.withAlgorithms(Alg.SHA256);
    for (Bytes event : events) {
      log.measured(12, LogWriter.EVENT_TAG, event);
    }
    log.measured(12, LogWriter.SEPARATOR, SipaWriter.WBCL);
    log.measured(13, LogWriter.SEPARATOR, SipaWriter.WBCL);
    return read(log).orElseThrow();
  }

  static Optional<WindowsBoot> read(LogWriter log) throws MalformedException {
    return WindowsBoot.from(
        Replays.equal(EventLog.replay(log.log(), log.pcrs(Alg.SHA256, 12, 13, 14))));
  }
}

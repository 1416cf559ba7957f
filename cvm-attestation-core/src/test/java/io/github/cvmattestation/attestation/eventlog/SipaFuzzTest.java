package io.github.cvmattestation.attestation.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.eventlog.LogWriter.Alg;
import io.github.cvmattestation.attestation.eventlog.WindowsSetting.State;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever Windows is said to have reported: an answer or a refusal, and never a safe state. */
class SipaFuzzTest {
  @MethodSource
  @FuzzTest
  void reports(byte[] input) {
    Bytes data = Bytes.of(input);
    LogWriter log =
        LogWriter.withAlgorithms(Alg.SHA256)
            .measured(12, LogWriter.EVENT_TAG, weak())
            .measured(12, LogWriter.EVENT_TAG, data)
            .measured(12, LogWriter.SEPARATOR, SipaWriter.WBCL)
            .measured(13, LogWriter.EVENT_TAG, SipaWriter.boundary(data))
            .measured(13, LogWriter.SEPARATOR, SipaWriter.WBCL)
            .measured(14, LogWriter.EVENT_TAG, data)
            .measured(14, LogWriter.SEPARATOR, SipaWriter.WBCL);
    try {
      Optional<WindowsBoot> boot = WindowsBootTest.read(log);
      // Nothing that is added may outweigh the weak state that was reported first.
      for (WindowsSetting setting : WindowsSetting.values()) {
        State weak = setting.safe() == State.ON ? State.OFF : State.ON;
        assertThat(boot.orElseThrow().state(setting)).isEqualTo(weak);
      }
    } catch (MalformedException e) {
      assertThat(e.toFinding(LogFinding.LOG_FORMAT).code()).isEqualTo(LogFinding.WINDOWS_LOG);
    }
  }

  private static Bytes weak() {
    return SipaWriter.boundary(
        SipaWriter.bool(0x00040001L, 1),
        SipaWriter.bool(0x00050001L, 1),
        SipaWriter.bool(0x00050002L, 0),
        SipaWriter.bool(0x00050003L, 1),
        SipaWriter.bool(0x00050005L, 1),
        SipaWriter.bool(0x00050006L, 1),
        SipaWriter.u64(0x0005000AL, 0),
        SipaWriter.bool(0x0005000DL, 1),
        SipaWriter.u64(0x00050012L, 0),
        SipaWriter.bool(0x00050021L, 1));
  }

  static Stream<Arguments> reports() {
    return Stream.of(
            Bytes.empty(),
            SipaWriter.healthy(),
            SipaWriter.boundary(
                SipaWriter.module("\\a.sys", Bytes.ofHex("44".repeat(32))), SipaWriter.elam("b")),
            SipaWriter.boundary(SipaWriter.boundary(SipaWriter.boundary())),
            SipaWriter.sized(0x40010001L, 0xFFFFFFFFL, Bytes.ofHex("00")),
            SipaWriter.item(0x00060002L, Bytes.ofHex("30")))
        .map(seed -> Arguments.of((Object) seed.toArray()));
  }
}

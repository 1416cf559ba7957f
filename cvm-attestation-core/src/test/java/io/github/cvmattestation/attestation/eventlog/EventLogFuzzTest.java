package io.github.cvmattestation.attestation.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.eventlog.LogWriter.Alg;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes, there is an answer, and computed values agree with the log they are of. */
class EventLogFuzzTest {
  @MethodSource
  @FuzzTest
  void replays(byte[] input) {
    Bytes log = Bytes.of(input);
    for (RegisterKind kind : RegisterKind.values()) {
      Replay computed = EventLog.compute(log, kind);
      if (computed instanceof Replay.Computed values) {
        assertThat(values.banks()).isNotEmpty();
        for (RegisterBank bank : values.banks()) {
          assertThat(EventLog.replay(log, bank)).isInstanceOf(Replay.Equal.class);
        }
      } else {
        assertThat(computed.findings()).hasSize(1);
      }
    }
    Replay replay = EventLog.replay(log, LogWriter.ccel().rtmrs());
    if (replay instanceof Replay.Equal equal) {
      assertThat(equal.events()).isEmpty();
    } else {
      assertThat(replay.findings()).isNotEmpty();
    }
  }

  static Stream<Arguments> replays() {
    return Stream.of(
            Bytes.empty(),
            LogWriter.ccel().log(),
            EventLogTest.boot().log(),
            EventLogTest.boot().fill(0xFF, 40).log(),
            EventLogTest.boot().log().slice(0, 200),
            LogWriter.legacy()
                .measured(0, LogWriter.CRTM_VERSION, "1.0")
                .event(8, LogWriter.IPL, "grub_cmd: boot\0", "boot")
                .log(),
            LogWriter.withAlgorithms(Alg.SHA256)
                .measured(
                    0,
                    LogWriter.NO_ACTION,
                    LogWriter.ascii("StartupLocality\0").concat(Bytes.ofHex("03")))
                .measured(5, LogWriter.EFI_ACTION, "Exit Boot Services Invocation")
                .log(),
            LogWriter.withAlgorithms(Alg.values())
                .measured(7, LogWriter.DRIVER_CONFIG, "SecureBoot")
                .measured(7, LogWriter.SEPARATOR, LogWriter.ZEROS)
                .log())
        .map(seed -> Arguments.of((Object) seed.toArray()));
  }
}

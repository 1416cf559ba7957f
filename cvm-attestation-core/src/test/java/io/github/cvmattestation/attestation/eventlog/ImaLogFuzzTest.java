package io.github.cvmattestation.attestation.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.eventlog.LogWriter.Alg;
import java.util.EnumSet;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the bytes, there is an answer, and what is believed is the one history of PCR 10. */
class ImaLogFuzzTest {
  private static final ImaWriter TRUTH =
      ImaLogTest.all(ImaWriter.of(Alg.SHA256)).violation("/x").file("/y");
  private static final RegisterBank PCRS = TRUTH.pcrs();

  @MethodSource
  @FuzzTest
  void replays(byte[] input) {
    ImaReplay replay = ImaLog.replay(Bytes.of(input), PCRS, EnumSet.allOf(ImaRisk.class));
    if (replay instanceof ImaReplay.Matched matched) {
      assertThat(matched.entries()).hasSize(10);
      assertThat(matched.bootAggregateCompared()).isTrue();
      assertThat(matched.sha1InOtherBank()).isFalse();
      for (ImaEntry entry : matched.entries()) {
        assertThat(entry.toString()).isNotEmpty();
        assertThat(entry.name().isPresent()).isNotEqualTo(entry.isViolation());
        assertThat(entry.digest().isPresent()).isNotEqualTo(entry.isViolation());
      }
    } else {
      assertThat(replay.findings()).hasSize(1);
    }
  }

  static Stream<Arguments> replays() {
    return Stream.of(
            Bytes.empty(),
            TRUTH.ascii(),
            TRUTH.binary(),
            TRUTH.binary().slice(0, 150),
            ImaWriter.logging(Alg.SHA256, Alg.SHA512).boot().elsewhere(9, "/z").ascii(),
            ImaWriter.padded(Alg.SHA256).boot().binary())
        .map(seed -> Arguments.of((Object) seed.toArray()));
  }
}

package io.github.cvmattestation.attestation.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;

/** What tests ask of a replay. */
final class Replays {
  private Replays() {}

  static Replay.Equal equal(Replay replay) {
    assertThat(replay).isInstanceOf(Replay.Equal.class);
    assertThat(replay.findings()).isEmpty();
    return (Replay.Equal) replay;
  }

  static Replay.Different different(Replay replay) {
    assertThat(replay).isInstanceOf(Replay.Different.class);
    assertThat(replay.findings())
        .isNotEmpty()
        .extracting(Finding::code)
        .containsOnly(LogFinding.LOG_REPLAY);
    return (Replay.Different) replay;
  }

  static Replay.Computed computed(Replay replay) {
    assertThat(replay).isInstanceOf(Replay.Computed.class);
    assertThat(replay.findings()).isEmpty();
    return (Replay.Computed) replay;
  }

  /** Exactly one finding, with this code. */
  static Finding refused(Replay replay, LogFinding code) {
    assertThat(replay).isInstanceOf(Replay.Refused.class);
    assertThat(replay.findings()).singleElement().extracting(Finding::code).isEqualTo(code);
    return replay.findings().get(0);
  }

  /** Refused with this code whether there is something to compare it with or not. */
  static void refusedEitherWay(LogWriter log, LogFinding code) {
    refused(EventLog.replay(log.log(), log.rtmrs()), code);
    refused(EventLog.compute(log.log(), RegisterKind.RTMR), code);
  }

  static Bytes flipped(Bytes octets, int bit) {
    byte[] changed = octets.toArray();
    changed[bit / 8] ^= (byte) (1 << (bit % 8));
    return Bytes.of(changed);
  }
}

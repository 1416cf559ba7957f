package io.github.cvmattestation.attestation.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Finding;

/** What tests ask of a replay of IMA's log. */
final class Imas {
  private Imas() {}

  static ImaReplay.Matched matched(ImaReplay replay) {
    assertThat(replay.findings()).isEmpty();
    assertThat(replay).isInstanceOf(ImaReplay.Matched.class);
    return (ImaReplay.Matched) replay;
  }

  /** Exactly one finding, with this code. */
  static Finding refused(ImaReplay replay, LogFinding code) {
    assertThat(replay).isInstanceOf(ImaReplay.Refused.class);
    assertThat(replay.findings()).singleElement().extracting(Finding::code).isEqualTo(code);
    return replay.findings().get(0);
  }
}

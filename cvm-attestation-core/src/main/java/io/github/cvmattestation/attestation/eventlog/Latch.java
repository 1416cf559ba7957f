package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.eventlog.WindowsSetting.State;

/**
 * A setting that is reported any number of times and believed at its weakest: one report of the
 * weak state decides, and the safe state takes reports that are all readable and agree.
 */
final class Latch {
  private final State safe;
  private final State weak;
  private boolean safeSeen;
  private boolean weakSeen;
  private boolean doubtful;

  Latch(WindowsSetting setting) {
    this.safe = setting.safe();
    this.weak = safe == State.ON ? State.OFF : State.ON;
  }

  void report(State state) {
    safeSeen |= state == safe;
    weakSeen |= state == weak;
    doubtful |= state == State.UNKNOWN;
  }

  /** From now on the safe state is not believed. */
  void doubt() {
    doubtful = true;
  }

  /** What is believed; the safe state only if the reports are complete. */
  State value(boolean complete) {
    if (weakSeen) {
      return weak;
    }
    return safeSeen && !doubtful && complete ? safe : State.UNKNOWN;
  }
}

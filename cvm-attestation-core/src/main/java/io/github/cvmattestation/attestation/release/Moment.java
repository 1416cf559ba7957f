package io.github.cvmattestation.attestation.release;

import java.time.Duration;
import java.time.Instant;

/**
 * A moment by two clocks. That of the wall can be put back, by the host among others; that of the
 * machine stands still while the machine does.
 *
 * @param wall by the first
 * @param nanos by the second, from anywhere on
 */
record Moment(Instant wall, long nanos) {
  /** Longer than any key is used. */
  private static final Duration NOBODY_KNOWS = Duration.ofSeconds(Long.MAX_VALUE);

  /** How long it is since {@code earlier}, at least: the longer of the two answers. */
  Duration since(Moment earlier) {
    Duration byWall = Duration.between(earlier.wall, wall);
    Duration byMachine = Duration.ofNanos(nanos - earlier.nanos);
    if (byWall.isNegative()) {
      return NOBODY_KNOWS;
    }
    return byWall.compareTo(byMachine) > 0 ? byWall : byMachine;
  }
}

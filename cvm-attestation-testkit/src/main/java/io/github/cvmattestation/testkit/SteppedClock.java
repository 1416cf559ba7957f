package io.github.cvmattestation.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Time that passes when it is told to. */
final class SteppedClock implements InstantSource {
  private static final Duration STEP = Duration.ofSeconds(1);

  private final Instant start;
  private Instant now;

  SteppedClock(Instant start) {
    this.start = start;
    now = start;
  }

  @Override
  public synchronized Instant instant() {
    return now;
  }

  synchronized void advance(Duration time) {
    now = now.plus(time);
  }

  void step() {
    advance(STEP);
  }

  Duration sinceStart() {
    return Duration.between(start, instant());
  }
}

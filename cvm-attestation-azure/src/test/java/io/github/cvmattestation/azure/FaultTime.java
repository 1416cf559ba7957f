package io.github.cvmattestation.azure;

import io.github.cvmattestation.azure.internal.http.HttpTime;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** Time that passes in pauses alone, until it leaps; from then on it passes as it really does. */
final class FaultTime implements HttpTime {
  private static final long STANDING = -1;

  private final Instant start;
  private Instant now;
  private long realStart = STANDING;

  FaultTime(Instant start) {
    this.start = start;
    now = start;
  }

  @Override
  public RandomGenerator chance() {
    return () -> 0;
  }

  @Override
  public synchronized Instant now() {
    return realStart == STANDING ? now : now.plusNanos(System.nanoTime() - realStart);
  }

  @Override
  public synchronized void pause(Duration time) {
    now = now.plus(time);
  }

  synchronized void leap(Duration time) {
    now = now().plus(time);
    realStart = System.nanoTime();
  }

  Duration elapsed() {
    return Duration.between(start, now());
  }
}

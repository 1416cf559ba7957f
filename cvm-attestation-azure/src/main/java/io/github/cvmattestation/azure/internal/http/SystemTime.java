package io.github.cvmattestation.azure.internal.http;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** Counts on from the wall clock of its making: a clock that is set meanwhile moves no deadline. */
final class SystemTime implements HttpTime {
  private final Instant start = Instant.now();
  private final long startNanos = System.nanoTime();

  /** Copies of one machine have the same clock, and would have the same seed of another one. */
  private final RandomGenerator chance = new SecureRandom();

  @Override
  public Instant now() {
    return start.plusNanos(System.nanoTime() - startNanos);
  }

  @Override
  public RandomGenerator chance() {
    return chance;
  }

  @Override
  public void pause(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.github.cvmattestation.azure.internal.http;

import java.time.Duration;
import java.time.Instant;

/** Counts on from the wall clock of its making: a clock that is set meanwhile moves no deadline. */
final class SystemTime implements HttpTime {
  private final Instant start = Instant.now();
  private final long startNanos = System.nanoTime();

  @Override
  public Instant now() {
    return start.plusNanos(System.nanoTime() - startNanos);
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

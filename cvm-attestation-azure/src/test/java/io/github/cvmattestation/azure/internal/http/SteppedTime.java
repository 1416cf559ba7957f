package io.github.cvmattestation.azure.internal.http;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/** Time of which each look costs something and each pause takes none; chance adds nothing. */
public final class SteppedTime implements HttpTime {
  /** When it begins. */
  public static final Instant START = Instant.parse("2026-11-28T12:00:00Z");

  private final Duration look;
  private final List<Duration> pauses = new ArrayList<>();
  private Instant now = START;

  private SteppedTime(Duration look) {
    this.look = look;
  }

  /** Time that passes in pauses alone. */
  public static SteppedTime standing() {
    return new SteppedTime(Duration.ZERO);
  }

  /** Time of which each look costs {@code look}. */
  public static SteppedTime passing(Duration look) {
    return new SteppedTime(look);
  }

  @Override
  public RandomGenerator chance() {
    return () -> 0;
  }

  @Override
  public synchronized Instant now() {
    now = now.plus(look);
    return now;
  }

  @Override
  public synchronized void pause(Duration time) {
    pauses.add(time);
    now = now.plus(time);
  }

  /** What was waited, in order. */
  public synchronized List<Duration> pauses() {
    return List.copyOf(pauses);
  }

  /** How long it is since the start. */
  public synchronized Duration elapsed() {
    return Duration.between(START, now);
  }
}

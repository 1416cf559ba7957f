package io.github.cvmattestation.azure.internal.http;

import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** Time and chance as an exchange sees them; tests bring their own, in which waiting takes none. */
public interface HttpTime {
  /** The time; it never goes back. */
  Instant now();

  /** Waits. An interrupt ends the wait and stays pending. */
  void pause(Duration time);

  /** Chance, by which machines that start together do not go on together. */
  RandomGenerator chance();

  /** The time of this machine. */
  static HttpTime system() {
    return new SystemTime();
  }
}

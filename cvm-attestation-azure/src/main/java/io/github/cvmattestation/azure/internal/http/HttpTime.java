package io.github.cvmattestation.azure.internal.http;

import java.time.Duration;
import java.time.Instant;

/** Time as an exchange sees it; tests bring their own, in which waiting takes none. */
public interface HttpTime {
  /** The time; it never goes back. */
  Instant now();

  /** Waits. An interrupt ends the wait and stays pending. */
  void pause(Duration time);

  /** The time of this machine. */
  static HttpTime system() {
    return new SystemTime();
  }
}

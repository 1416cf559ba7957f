package io.github.cvmattestation.attestation.release;

import java.time.Duration;

/**
 * How long a released key is used before it must be released again. Between, nobody notices that a
 * machine's key has been taken away from it: choose no longer than that may take.
 *
 * @param lifetime how long a key is used at most; positive
 * @param refreshBefore how long before that it is asked for again, while it is still used; less
 *     than the lifetime
 * @param retryAfter how long to wait after a failure before the next try, while there is a key that
 *     may still be used
 * @param staleOnError how much longer a key is used where the services could not be asked; zero
 *     unless somebody said otherwise
 */
public record KeyLifetime(
    Duration lifetime, Duration refreshBefore, Duration retryAfter, Duration staleOnError) {
  private static final int REFRESH_FRACTION = 10;
  private static final Duration RETRY_AFTER = Duration.ofSeconds(30);

  public KeyLifetime {
    if (lifetime.isNegative()
        || lifetime.isZero()
        || refreshBefore.isNegative()
        || refreshBefore.compareTo(lifetime) >= 0
        || retryAfter.isNegative()
        || staleOnError.isNegative()) {
      throw new IllegalArgumentException("a positive lifetime, and a refresh within it");
    }
  }

  /** Used for {@code lifetime}, asked for again in its last tenth, never used beyond it. */
  public static KeyLifetime of(Duration lifetime) {
    return new KeyLifetime(
        lifetime, lifetime.dividedBy(REFRESH_FRACTION), RETRY_AFTER, Duration.ZERO);
  }

  /**
   * The same, but a key is used up to {@code bound} beyond its lifetime where the services cannot
   * be asked. A service that says no ends it at once all the same.
   */
  public KeyLifetime allowStaleOnError(Duration bound) {
    return new KeyLifetime(lifetime, refreshBefore, retryAfter, bound);
  }
}

package io.github.cvmattestation.azure.internal.http;

import java.time.Duration;
import java.util.Set;

/**
 * Which answers are worth another try. A connection that fails is not: whether the service acted on
 * the request is unknown. (The JDK's client repeats a GET once by itself, which asks for nothing to
 * be done.)
 *
 * @param statuses the HTTP statuses after which the request is sent again
 * @param tries how often it is sent at most, the first time included; at least 1
 * @param firstPause how long to wait after the first try; each later pause is twice the one before.
 *     Where the service states a time (Retry-After), that one counts instead.
 */
public record RetryRule(Set<Integer> statuses, int tries, Duration firstPause) {
  /** Copies the set. */
  public RetryRule {
    statuses = Set.copyOf(statuses);
  }

  /** One try. */
  public static RetryRule never() {
    return new RetryRule(Set.of(), 1, Duration.ZERO);
  }
}

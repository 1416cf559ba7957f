package io.github.cvmattestation.azure.internal.http;

import java.time.Duration;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Which answers are worth another try. A connection that fails is not: whether the service acted on
 * the request is unknown. (The JDK's client repeats a GET once by itself, which asks for nothing to
 * be done.)
 *
 * @param statuses the HTTP statuses after which the request is sent again
 * @param tries how often it is sent at most, the first time included; at least 1
 * @param firstPause how long to wait at least after the first try; each later pause is twice the
 *     one before. Where the service states a time (Retry-After), that one counts instead. To
 *     either, chance adds up to half of the pause: many who were turned away together do not come
 *     back together.
 */
public record RetryRule(Set<Integer> statuses, int tries, Duration firstPause) {
  /** Copies the set. */
  public RetryRule {
    statuses = Set.copyOf(statuses);
  }

  /**
   * How long to wait really.
   *
   * @param least by the rule, or by the service
   * @param pause by the rule
   * @param left until the deadline, more than {@code least}; of what lies between, chance leaves
   *     half to the next try
   */
  static Duration spread(Duration least, Duration pause, Duration left, RandomGenerator chance) {
    Duration room = left.minus(least).dividedBy(2);
    Duration half = pause.dividedBy(2);
    long most = (half.compareTo(room) < 0 ? half : room).toNanos();
    return most <= 0 ? least : least.plusNanos(chance.nextLong(most));
  }

  /** One try. */
  public static RetryRule never() {
    return new RetryRule(Set.of(), 1, Duration.ZERO);
  }
}

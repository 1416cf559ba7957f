package io.github.cvmattestation.azure.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeResponse;
import io.github.cvmattestation.testkit.FaultyServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Machines that were turned away together do not come back together. */
@Timeout(120)
class RetrySpreadTest {
  private static final String PATH = "/asked";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final HttpClient CLIENT = BoundedHttp.direct(PATIENCE, PATIENCE);
  private static final RetryRule RULE = new RetryRule(Set.of(429, 503), 4, Duration.ofSeconds(2));

  private final SteppedTime time = SteppedTime.standing();
  private final FaultyServer server = FaultyServer.http(request -> FakeResponse.json("{}"));

  @AfterEach
  void close() {
    server.close();
  }

  /** Draws this part of the greatest number that was asked for. */
  private static RandomGenerator always(double part) {
    return new RandomGenerator() {
      @Override
      public long nextLong() {
        throw new AssertionError("without a bound");
      }

      @Override
      public long nextLong(long bound) {
        return (long) (part * (bound - 1));
      }
    };
  }

  private HttpTime by(RandomGenerator chance) {
    return new HttpTime() {
      @Override
      public Instant now() {
        return time.now();
      }

      @Override
      public void pause(Duration pause) {
        time.pause(pause);
      }

      @Override
      public RandomGenerator chance() {
        return chance;
      }
    };
  }

  private List<Duration> pauses(Duration deadline, double part) {
    return pauses(RULE, deadline, part);
  }

  private List<Duration> pauses(RetryRule rule, Duration deadline, double part) {
    HttpLimits limits = new HttpLimits(1000, PATIENCE, PATIENCE, deadline);
    BoundedHttp http = new BoundedHttp("test service", CLIENT, limits, rule, by(always(part)));
    Refusals.of(() -> http.get(server.url() + PATH, Map.of()));
    return time.pauses();
  }

  @Test
  void chanceAddsUpToHalfOfAPause() {
    server.fail(PATH, FakeFault.UNAVAILABLE);
    assertThat(pauses(PATIENCE, 1))
        .containsExactly(
            Duration.ofSeconds(3).minusNanos(1),
            Duration.ofSeconds(6).minusNanos(1),
            Duration.ofSeconds(12).minusNanos(1));
  }

  @Test
  void machinesWithOtherChanceComeAtOtherTimes() {
    server.fail(PATH, FakeFault.UNAVAILABLE);
    List<Duration> first = pauses(PATIENCE, 0.25);
    List<Duration> both = pauses(PATIENCE, 0.75);
    assertThat(both.subList(first.size(), both.size())).doesNotContainAnyElementsOf(first);
  }

  @Test
  void nobodyComesBeforeTheServicesOwnTime() {
    server.fail(PATH, FakeFault.THROTTLED_RETRY_AFTER);
    assertThat(pauses(PATIENCE, 0)).containsOnly(Duration.ofSeconds(7)).hasSize(3);
  }

  @Test
  void theServicesOwnTimeIsSpreadAsWell() {
    server.fail(PATH, FakeFault.THROTTLED_RETRY_AFTER);
    assertThat(pauses(PATIENCE, 1))
        .containsExactly(
            Duration.ofSeconds(8).minusNanos(1),
            Duration.ofSeconds(9).minusNanos(1),
            Duration.ofSeconds(11).minusNanos(1));
  }

  @Test
  void chanceNeitherPassesTheDeadlineNorCostsATry() {
    server.fail(PATH, FakeFault.THROTTLED_RETRY_AFTER);
    RetryRule slow = new RetryRule(Set.of(429), 2, Duration.ofSeconds(60));
    // Of the thirty seconds behind the service's seven, half is left to the next try.
    assertThat(pauses(slow, Duration.ofSeconds(37), 1))
        .containsExactly(Duration.ofSeconds(7 + 15).minusNanos(1));
    assertThat(server.requestsTo(PATH)).isEqualTo(2);
  }

  @Test
  void thisMachinesChanceIsNotAlwaysTheSame() {
    RandomGenerator chance = HttpTime.system().chance();
    assertThat(chance.longs(8).distinct().count()).isGreaterThan(1);
    assertThat(HttpTime.system().chance().nextLong()).isNotEqualTo(chance.nextLong());
  }
}

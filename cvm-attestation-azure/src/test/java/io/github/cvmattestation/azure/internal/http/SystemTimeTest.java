package io.github.cvmattestation.azure.internal.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The time of this machine, as deadlines and pauses see it. */
@Timeout(30)
class SystemTimeTest {
  private final HttpTime time = HttpTime.system();

  @Test
  void itBeginsAtTheWallClockAndGoesOn() {
    Instant first = time.now();
    assertThat(first).isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
    assertThat(time.now()).isAfterOrEqualTo(first);
  }

  @Test
  void aPauseTakesItsTime() {
    Instant before = time.now();
    time.pause(Duration.ofMillis(5));
    assertThat(Duration.between(before, time.now())).isGreaterThanOrEqualTo(Duration.ofMillis(5));
  }

  @Test
  void anInterruptEndsAPauseAndStaysPending() {
    Thread.currentThread().interrupt();
    time.pause(Duration.ofHours(1));
    assertThat(Thread.interrupted()).isTrue();
  }
}

package io.github.cvmattestation.azure.internal.http;

import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.ANSWER_MALFORMED;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.DEADLINE;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.ENDPOINT_THROTTLED;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.HTTP_REDIRECT;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.HTTP_STATUS;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.INPUT_LIMIT;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.TRUNCATED;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.UNREACHABLE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeResponse;
import io.github.cvmattestation.testkit.FaultyServer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each fault of a server against each outcome; the numbers are those of the security brief. */
@Timeout(120)
class FaultMatrixTest {
  private static final String PATH = "/asked";
  private static final String BODY = "{\"answer\":\"forty-two\"}";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final HttpLimits LIMITS = new HttpLimits(4096, PATIENCE, PATIENCE, PATIENCE);
  private static final HttpClient CLIENT = BoundedHttp.direct(PATIENCE, PATIENCE);

  /** Only for what really waits: long enough for a busy machine to connect. */
  private static final Duration BLINK = Duration.ofSeconds(1);

  private final FaultyServer server =
      FaultyServer.http(request -> FakeResponse.json(request.path().equals(PATH) ? BODY : "[]"));

  @AfterEach
  void leaveNothing() {
    server.close();
    assertThat(threadsNamed("faulty-server")).isEmpty();
  }

  private String url() {
    return server.url() + PATH;
  }

  private static BoundedHttp http(HttpLimits limits, HttpTime time) {
    return new BoundedHttp("test service", CLIENT, limits, RetryRule.never(), time);
  }

  private HttpAnswer answer() {
    return http(LIMITS, SteppedTime.standing()).get(url(), Map.of());
  }

  private AttestationException.Service refusal(HttpTime time) {
    return Refusals.of(() -> http(LIMITS, time).get(url(), Map.of()));
  }

  private AttestationException.Service refusal(FakeFault fault) {
    server.fail(PATH, fault);
    return refusal(SteppedTime.passing(Duration.ofSeconds(1)));
  }

  private static Set<String> threadsNamed(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith(prefix))
        .collect(Collectors.toSet());
  }

  /** None where the answer is one that only its reader can tell from the right one. */
  private static Optional<Failure> expected(FakeFault fault) {
    return switch (fault) {
      case THROTTLED, THROTTLED_RETRY_AFTER -> Optional.of(ENDPOINT_THROTTLED);
      case NOT_FOUND, GONE, INTERNAL_ERROR, UNAVAILABLE -> Optional.of(HTTP_STATUS);
      case RESET -> Optional.of(UNREACHABLE);
      case GARBAGE, GARBLED_LENGTH -> Optional.of(ANSWER_MALFORMED);
      case HANG, DRIP -> Optional.of(DEADLINE);
      case TRUNCATED -> Optional.of(TRUNCATED);
      case REDIRECT -> Optional.of(HTTP_REDIRECT);
      case GZIP_BOMB, ENDLESS -> Optional.of(INPUT_LIMIT);
      case HTML, WRONG_LENGTH, STALE_BODY, SWAPPED_BODY -> Optional.empty();
    };
  }

  @ParameterizedTest
  @EnumSource(FakeFault.class)
  void everyFaultHasItsOutcomeInTimeAndTheConnectionEnds(FakeFault fault) {
    Optional<Failure> expected = expected(fault);
    HttpClient client = fault == FakeFault.HANG ? BoundedHttp.direct(PATIENCE, BLINK) : CLIENT;
    Duration read = fault == FakeFault.HANG ? BLINK : PATIENCE;
    HttpLimits limits = new HttpLimits(LIMITS.maxBody(), PATIENCE, read, PATIENCE);
    SteppedTime time = SteppedTime.passing(Duration.ofSeconds(1));
    BoundedHttp http = new BoundedHttp("test service", client, limits, RetryRule.never(), time);
    server.fail(PATH, fault);
    if (expected.isPresent()) {
      AttestationException.Service refusal = Refusals.of(() -> http.get(url(), Map.of()));
      assertThat(refusal.failure()).isEqualTo(expected.get());
    } else {
      assertThat(http.get(url(), Map.of()).status()).isEqualTo(200);
    }
    assertThat(time.elapsed()).isLessThanOrEqualTo(PATIENCE.plusSeconds(1));
    // The JDK's client itself repeats a GET, once, where the connection ended without an answer.
    assertThat(server.requestsTo(PATH)).isBetween(1, fault == FakeFault.RESET ? 2 : 1);
    server.awaitNoClient();
  }

  @Test
  void withoutAFaultTheAnswerIsWholeWhateverWasBefore() {
    for (FakeFault fault : FakeFault.values()) {
      if (fault != FakeFault.HANG && expected(fault).isPresent()) {
        assertThat(refusal(fault).failure()).isEqualTo(expected(fault).get());
        server.heal();
      }
      assertThat(answer().body()).isEqualTo(Bytes.of(BODY.getBytes(UTF_8)));
    }
  }

  @Test
  void noThreadStaysBehindInAnExchange() {
    HttpClient client = BoundedHttp.direct(PATIENCE, PATIENCE);
    Set<String> before = threadsNamed("HttpClient-");
    BoundedHttp http =
        new BoundedHttp(
            "test service",
            client,
            LIMITS,
            RetryRule.never(),
            SteppedTime.passing(Duration.ofSeconds(1)));
    for (int round = 0; round < 5; round++) {
      for (FakeFault fault : FakeFault.values()) {
        if (fault != FakeFault.HANG && expected(fault).isPresent()) {
          server.fail(PATH, fault);
          Refusals.of(() -> http.get(url(), Map.of()));
        }
      }
    }
    server.awaitNoClient();
    Set<String> more = threadsNamed("HttpClient-");
    more.removeAll(before);
    assertThat(more).hasSizeLessThan(10); // against 65 exchanges
    assertThat(Thread.getAllStackTraces().entrySet())
        .filteredOn(entry -> entry.getKey() != Thread.currentThread())
        .noneMatch(
            entry ->
                Arrays.stream(entry.getValue())
                    .anyMatch(frame -> frame.getClassName().contains("azure.internal.http")));
  }

  /** 91. */
  @Test
  void aRedirectToAnotherHostIsRefusedAndNotFollowed() {
    AttestationException.Service refusal = refusal(FakeFault.REDIRECT);
    assertThat(refusal.failure()).isEqualTo(HTTP_REDIRECT);
    assertThat(refusal.status()).isEqualTo(302);
    assertThat(server.requestsTo(FaultyServer.ELSEWHERE)).isZero();
  }

  /** 96. */
  @Test
  void endlessThrottlingWithoutRetryAfterEndsWithinTheDeadline() {
    server.fail(PATH, FakeFault.THROTTLED);
    SteppedTime time = SteppedTime.standing();
    RetryRule rule = new RetryRule(Set.of(429), Integer.MAX_VALUE, Duration.ofSeconds(1));
    BoundedHttp http = new BoundedHttp("test service", CLIENT, LIMITS, rule, time);
    AttestationException.Service refusal = Refusals.of(() -> http.get(url(), Map.of()));
    assertThat(refusal.failure()).isEqualTo(ENDPOINT_THROTTLED);
    assertThat(refusal.status()).isEqualTo(429);
    // 1 + 2 + 4 + 8 + 16 = 31; 32 more would end behind the deadline, so nobody waits for it.
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(31));
    assertThat(server.requestsTo(PATH)).isEqualTo(6);
  }

  /** 97. */
  @Test
  void aGzipBombIsNotUnpacked() {
    assertThat(refusal(FakeFault.GZIP_BOMB).failure()).isEqualTo(INPUT_LIMIT);
  }

  /** 98. */
  @Test
  void oneByteAfterTheOtherMeetsTheDeadline() {
    server.fail(PATH, FakeFault.DRIP);
    SteppedTime time = SteppedTime.passing(Duration.ofSeconds(4));
    assertThat(refusal(time).failure()).isEqualTo(DEADLINE);
    assertThat(time.elapsed()).isBetween(PATIENCE, PATIENCE.plusSeconds(4));
    server.awaitNoClient();
  }

  /** 99. */
  @Test
  void aBodyShorterThanItsContentLengthIsTruncated() {
    assertThat(refusal(FakeFault.TRUNCATED).failure()).isEqualTo(TRUNCATED);
  }

  @Test
  void theDeadlineCutsAHangThatTheClientWouldBear() {
    server.fail(PATH, FakeFault.HANG);
    HttpLimits limits = new HttpLimits(4096, PATIENCE, PATIENCE, BLINK);
    assertThat(Refusals.of(() -> http(limits, HttpTime.system()).get(url(), Map.of())).failure())
        .isEqualTo(DEADLINE);
    server.awaitNoClient();
  }

  @Test
  void theDeadlineCutsADripThatTheClientWouldBear() {
    server.fail(PATH, FakeFault.DRIP);
    HttpLimits limits = new HttpLimits(4096, PATIENCE, PATIENCE, BLINK);
    assertThat(Refusals.of(() -> http(limits, HttpTime.system()).get(url(), Map.of())).failure())
        .isEqualTo(DEADLINE);
    server.awaitNoClient();
  }

  @Test
  void whoDoesNotListenIsUnreachable() {
    String url = url();
    server.close();
    BoundedHttp http = http(LIMITS, HttpTime.system());
    assertThat(Refusals.of(() -> http.get(url, Map.of())).failure()).isEqualTo(UNREACHABLE);
  }
}

package io.github.cvmattestation.azure.internal.http;

import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.ANSWER_MALFORMED;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.DEADLINE;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.HTTP_STATUS;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.INPUT_LIMIT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.HttpClient;
import com.azure.core.util.Configuration;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeRequest;
import io.github.cvmattestation.testkit.FakeResponse;
import io.github.cvmattestation.testkit.FaultyServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class BoundedHttpTest {
  private static final String PATH = "/asked";
  private static final int MAX = 1000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final HttpLimits LIMITS = new HttpLimits(MAX, PATIENCE, PATIENCE, PATIENCE);
  private static final HttpClient CLIENT = BoundedHttp.direct(PATIENCE, PATIENCE);

  private final SteppedTime time = SteppedTime.standing();
  private FakeResponse response = FakeResponse.json("{}");
  private final FaultyServer server = FaultyServer.http(request -> response);

  @AfterEach
  void close() {
    server.close();
  }

  private BoundedHttp http(RetryRule rule) {
    return new BoundedHttp("test service", CLIENT, LIMITS, rule, time);
  }

  private HttpAnswer get(RetryRule rule) {
    return http(rule).get(server.url() + PATH, Map.of());
  }

  private AttestationException.Service refusal() {
    return Refusals.of(() -> get(RetryRule.never()));
  }

  private static RetryRule on(int... statuses) {
    Set<Integer> set = Arrays.stream(statuses).boxed().collect(Collectors.toUnmodifiableSet());
    return new RetryRule(set, 4, Duration.ofSeconds(2));
  }

  @Test
  void aBodyOfExactlyTheLimitIsRead() {
    response = FakeResponse.of("text/plain", Bytes.zeros(MAX));
    assertThat(get(RetryRule.never()).body().size()).isEqualTo(MAX);
  }

  @Test
  void aBodyOneByteOverTheLimitIsNot() {
    response = FakeResponse.of("text/plain", Bytes.zeros(MAX + 1));
    assertThat(refusal().failure()).isEqualTo(INPUT_LIMIT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "br", "deflate", "identity, gzip", "unheard-of"})
  void noContentCodingIsAccepted(String coding) {
    response = response.withHeader("Content-Encoding", coding);
    assertThat(refusal().failure()).isEqualTo(INPUT_LIMIT);
  }

  @Test
  void noContentCodingIsAskedFor() {
    get(RetryRule.never());
    assertThat(server.requests().get(0).header("accept-encoding")).isEmpty();
  }

  @Test
  void whatIsPostedArrivesUnchanged() {
    Bytes body = Bytes.of("{\"x\":1}".getBytes(UTF_8));
    response = FakeResponse.json("[1]");
    HttpAnswer answer =
        http(RetryRule.never())
            .post(
                server.url() + PATH + "?api-version=1",
                Map.of("Content-Type", "application/json", "Metadata", "true"),
                body);
    assertThat(answer.body()).isEqualTo(Bytes.of("[1]".getBytes(UTF_8)));
    FakeRequest request = server.requests().get(0);
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.path()).isEqualTo(PATH);
    assertThat(request.query()).isEqualTo("api-version=1");
    assertThat(request.header("content-type")).contains("application/json");
    assertThat(request.header("content-length")).contains("7");
    assertThat(request.header("metadata")).contains("true");
    assertThat(request.body()).isEqualTo(body);
  }

  @Test
  void aRetriedPostSendsItsBodyAgain() {
    server.fail(PATH, FakeFault.UNAVAILABLE, 1);
    Bytes body = Bytes.of("once more".getBytes(UTF_8));
    http(on(503)).post(server.url() + PATH, Map.of(), body);
    assertThat(server.requests()).extracting(FakeRequest::body).containsExactly(body, body);
  }

  @Test
  void pausesDouble() {
    server.fail(PATH, FakeFault.UNAVAILABLE, 3);
    assertThat(get(on(503)).status()).isEqualTo(200);
    assertThat(time.pauses())
        .containsExactly(Duration.ofSeconds(2), Duration.ofSeconds(4), Duration.ofSeconds(8));
  }

  @Test
  void theServicesOwnTimeCounts() {
    server.fail(PATH, FakeFault.THROTTLED_RETRY_AFTER, 2);
    assertThat(get(on(429)).status()).isEqualTo(200);
    assertThat(time.pauses()).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(7));
  }

  @ParameterizedTest
  @ValueSource(strings = {"60", "61", "999999999", "Sun, 29 Nov 2026 12:00:00 GMT"})
  void aTimeBehindTheDeadlineIsNotWaitedFor(String field) {
    response = FakeResponse.error(429, "Throttled").withHeader("Retry-After", field);
    Refusals.of(() -> get(on(429)));
    assertThat(time.pauses()).isEmpty();
    assertThat(server.requests()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, 59})
  void aTimeBeforeTheDeadlineIsWaitedFor(int seconds) {
    response =
        FakeResponse.error(429, "Throttled").withHeader("Retry-After", Integer.toString(seconds));
    Refusals.of(() -> get(on(429)));
    assertThat(time.pauses()).startsWith(Duration.ofSeconds(seconds));
  }

  @Test
  void aRuleWithoutAPauseRepeatsAtOnce() {
    server.fail(PATH, FakeFault.UNAVAILABLE);
    Refusals.of(() -> get(new RetryRule(Set.of(503), 2, Duration.ZERO)));
    assertThat(time.pauses()).containsExactly(Duration.ZERO);
    assertThat(server.requests()).hasSize(2);
  }

  @Test
  void aDateIsCountedFromNow() {
    response =
        FakeResponse.error(429, "Throttled")
            .withHeader("Retry-After", "Sat, 28 Nov 2026 12:00:50 GMT");
    Refusals.of(() -> get(on(429)));
    assertThat(time.pauses())
        .startsWith(Duration.ofSeconds(50))
        .allMatch(pause -> !pause.isNegative());
  }

  @ParameterizedTest
  @ValueSource(strings = {"soon", "-1", "", "1e3", "99999999999999999999", "٣"})
  void aTimeThatIsNoneIsIgnored(String field) {
    response = FakeResponse.error(429, "Throttled").withHeader("Retry-After", field);
    Refusals.of(() -> get(on(429)));
    assertThat(time.pauses()).startsWith(Duration.ofSeconds(2));
  }

  @Test
  void triesAreCounted() {
    server.fail(PATH, FakeFault.UNAVAILABLE);
    AttestationException.Service refusal = Refusals.of(() -> get(on(503)));
    assertThat(refusal.failure()).isEqualTo(HTTP_STATUS);
    assertThat(refusal.status()).isEqualTo(503);
    assertThat(server.requests()).hasSize(4);
  }

  @Test
  void otherStatusesAreNotRetried() {
    server.fail(PATH, FakeFault.INTERNAL_ERROR);
    Refusals.of(() -> get(on(503)));
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void aBrokenConnectionIsNotRetried() {
    server.fail(PATH, FakeFault.RESET);
    Refusals.of(() -> http(on(503)).post(server.url() + PATH, Map.of(), Bytes.empty()));
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void theServicesCodeAndRequestIdAreKept() {
    response = FakeResponse.error(403, "Forbidden").withHeader("x-ms-request-id", "a-1");
    assertThat(refusal().serviceCode()).isEqualTo("Forbidden");
    assertThat(refusal().requestId()).isEqualTo("a-1");
    assertThat(refusal().status()).isEqualTo(403);
    response =
        FakeResponse.error(403, "Inner")
            .withHeader("x-ms-client-request-id", "b-2")
            .withHeader("x-ms-error-code", "Outer");
    assertThat(refusal().serviceCode()).isEqualTo("Outer");
    assertThat(refusal().requestId()).isEqualTo("b-2");
  }

  @Test
  void anAnswerThatIsNotWhatItShouldBeIsMalformed() {
    response = response.withHeader("x-ms-request-id", "a-1");
    AttestationException.Service refusal =
        http(RetryRule.never()).malformed(get(RetryRule.never()));
    assertThat(refusal.failure()).isEqualTo(ANSWER_MALFORMED);
    assertThat(refusal.requestId()).isEqualTo("a-1");
  }

  @ParameterizedTest
  @EnumSource(Failure.class)
  void everyFailureSaysWhatToDo(Failure failure) {
    assertThat(new Failures("test service").of(failure).remedy()).isNotBlank();
  }

  @Test
  void theCodeOfACapitalisedErrorIsKeptAsWell() {
    response =
        FakeResponse.json("{\"Error\":{\"Code\":\"Policy\\r\\nDenied\",\"Message\":\"told\"}}")
            .withStatus(400);
    assertThat(refusal().serviceCode()).isEqualTo("PolicyDenied");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"Error\":{\"code\":\"X\"}}",
        "{\"error\":{\"Code\":\"X\"}}",
        "{\"ERROR\":{\"CODE\":\"X\"}}",
        "{\"error\":{},\"Error\":{\"Code\":\"X\"}}",
        "{\"Error\":{\"Code\":7}}"
      })
  void noOtherSpellingOfAnErrorIsRead(String body) {
    response = FakeResponse.json(body).withStatus(400);
    assertThat(refusal().failure()).isEqualTo(HTTP_STATUS);
    assertThat(refusal().serviceCode()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"error\":\"told\"}", "{\"error\":{\"code\":7}}", "<html>"})
  void anErrorWithoutACodeIsStillAStatus(String body) {
    response = FakeResponse.json(body).withStatus(400);
    assertThat(refusal().failure()).isEqualTo(HTTP_STATUS);
    assertThat(refusal().serviceCode()).isEmpty();
  }

  @Test
  void anErrorIsAStatusHoweverLongItsBody() {
    response =
        FakeResponse.of("text/plain", Bytes.zeros(Failures.MAX_ERROR_BODY + 1)).withStatus(400);
    assertThat(refusal().status()).isEqualTo(400);
  }

  @Test
  void aStrangersTextForgesNoLineOfALog() {
    response = FakeResponse.error(400, "Bad\\r\\nINFO all is well\\u001b[0m");
    assertThat(refusal().serviceCode()).isEqualTo("BadINFOalliswell0m");
  }

  @SuppressWarnings("deprecation") // the global configuration is what must not count
  @Test
  void noProxyIsUsedWhateverIsConfigured() {
    ProxySelector before = ProxySelector.getDefault();
    Configuration global = Configuration.getGlobalConfiguration();
    try (FaultyServer proxy = FaultyServer.http(request -> FakeResponse.json("{}"))) {
      ProxySelector.setDefault(always(proxy.port()));
      global.put("java.net.useSystemProxies", "true");
      global.put(Configuration.PROPERTY_HTTP_PROXY, proxy.url());
      BoundedHttp http =
          new BoundedHttp(
              "test service",
              BoundedHttp.direct(PATIENCE, PATIENCE),
              LIMITS,
              RetryRule.never(),
              time);
      http.get(server.url() + PATH, Map.of());
      assertThat(proxy.requests()).isEmpty();
    } finally {
      ProxySelector.setDefault(before);
      global.remove("java.net.useSystemProxies");
      global.remove(Configuration.PROPERTY_HTTP_PROXY);
    }
    assertThat(server.requests()).hasSize(1);
  }

  private static ProxySelector always(int port) {
    return new ProxySelector() {
      @Override
      public List<Proxy> select(URI uri) {
        return List.of(new Proxy(Proxy.Type.HTTP, new InetSocketAddress("localhost", port)));
      }

      @Override
      public void connectFailed(URI uri, SocketAddress address, IOException e) {}
    };
  }

  @Test
  void anInterruptEndsTheExchangeAndStaysPending() {
    server.fail(PATH, FakeFault.HANG);
    Thread.currentThread().interrupt();
    assertThat(refusal().failure()).isEqualTo(DEADLINE);
    assertThat(Thread.interrupted()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/relative", "file:///etc/passwd", "http:", "http:// /", "ftp://h/"})
  void anAddressThatIsNoneIsTheCallersMistake(String url) {
    assertThatThrownBy(() -> http(RetryRule.never()).get(url, Map.of()))
        .isInstanceOf(AttestationException.Configuration.class);
  }

  @Test
  void aHeaderWithALineBreakIsNeitherSentNorRepeated() {
    Map<String, String> headers = Map.of("Authorization", "Bearer s3cret\r\nHost: elsewhere");
    assertThatThrownBy(() -> http(RetryRule.never()).get(server.url() + PATH, headers))
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageNotContaining("s3cret")
        .hasNoCause();
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void anAnswerDoesNotShowItsBody() {
    response = FakeResponse.json("\"s3cret\"").withHeader("x-token", "s3cret");
    assertThat(get(RetryRule.never()).toString()).isEqualTo("HttpAnswer[200, 8 bytes]");
  }
}

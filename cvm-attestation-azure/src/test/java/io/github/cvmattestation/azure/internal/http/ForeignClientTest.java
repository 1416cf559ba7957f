package io.github.cvmattestation.azure.internal.http;

import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.ANSWER_MALFORMED;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.DEADLINE;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.HTTP_STATUS;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.INPUT_LIMIT;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.TRUNCATED;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.UNREACHABLE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Clients that callers bring along, and that keep less of a promise than the JDK's. */
@Timeout(15) // what is not left at its deadline is left here
class ForeignClientTest {
  private static final int MAX = 1000;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final HttpLimits LIMITS = new HttpLimits(MAX, PATIENCE, PATIENCE, PATIENCE);

  /** What another client than the JDK's may hand out. */
  private static HttpClient answering(HttpHeaders headers, Flux<ByteBuffer> body) {
    return answering(headers, body, () -> {});
  }

  private static HttpClient answering(
      HttpHeaders headers, Flux<ByteBuffer> body, Runnable whenClosed) {
    return answering(200, headers, body, whenClosed);
  }

  private static HttpClient answering(
      int status, HttpHeaders headers, Flux<ByteBuffer> body, Runnable whenClosed) {
    return request ->
        Mono.just(
            new HttpResponse(request) {
              @Override
              public int getStatusCode() {
                return status;
              }

              @Override
              @Deprecated
              public String getHeaderValue(String name) {
                return headers.getValue(HttpHeaderName.fromString(name));
              }

              @Override
              public HttpHeaders getHeaders() {
                return headers;
              }

              @Override
              public Flux<ByteBuffer> getBody() {
                return body;
              }

              @Override
              public void close() {
                whenClosed.run();
              }

              @Override
              public Mono<byte[]> getBodyAsByteArray() {
                throw new AssertionError("eagerly read");
              }

              @Override
              public Mono<String> getBodyAsString() {
                throw new AssertionError("eagerly read");
              }

              @Override
              public Mono<String> getBodyAsString(Charset charset) {
                throw new AssertionError("eagerly read");
              }
            });
  }

  private AttestationException.Service refusal(HttpClient client) {
    BoundedHttp http =
        new BoundedHttp("test service", client, LIMITS, RetryRule.never(), SteppedTime.standing());
    return Refusals.of(() -> http.get("http://localhost/", Map.of()));
  }

  @Test
  void aClientThatCutsQuietlyIsFoundOut() {
    HttpHeaders headers = new HttpHeaders().set(HttpHeaderName.CONTENT_LENGTH, "3");
    Flux<ByteBuffer> body = Flux.just(ByteBuffer.wrap(new byte[2]));
    assertThat(refusal(answering(headers, body)).failure()).isEqualTo(TRUNCATED);
  }

  @Test
  void aDeclaredLengthOverTheLimitIsNotEvenBegun() {
    HttpHeaders headers = new HttpHeaders().set(HttpHeaderName.CONTENT_LENGTH, "1001");
    Flux<ByteBuffer> body = Flux.error(new AssertionError("begun"));
    assertThat(refusal(answering(headers, body)).failure()).isEqualTo(INPUT_LIMIT);
  }

  @Test
  void aClientThatNeverAnswersIsLeftAtTheDeadlineAndCancelled() {
    AtomicBoolean cancelled = new AtomicBoolean();
    Mono<HttpResponse> never = Mono.<HttpResponse>never().doOnCancel(() -> cancelled.set(true));
    HttpLimits blink = new HttpLimits(MAX, PATIENCE, PATIENCE, Duration.ofMillis(20));
    BoundedHttp http =
        new BoundedHttp(
            "test service", request -> never, blink, RetryRule.never(), HttpTime.system());
    assertThat(Refusals.of(() -> http.get("http://localhost/", Map.of())).failure())
        .isEqualTo(DEADLINE);
    assertThat(cancelled).isTrue();
  }

  /** Its deadline passes between the request and the wait for its answer. */
  private static AttestationException.Service tooLate(HttpClient client) {
    SteppedTime time = SteppedTime.passing(Duration.ofSeconds(30));
    BoundedHttp http = new BoundedHttp("test service", client, LIMITS, RetryRule.never(), time);
    return Refusals.of(() -> http.get("http://localhost/", Map.of()));
  }

  @Test
  void aRequestIsCancelledWhoseDeadlinePassesBeforeAnybodyWaits() {
    AtomicBoolean cancelled = new AtomicBoolean();
    Mono<HttpResponse> never = Mono.<HttpResponse>never().doOnCancel(() -> cancelled.set(true));
    assertThat(tooLate(request -> never).failure()).isEqualTo(DEADLINE);
    assertThat(cancelled).isTrue();
  }

  @Test
  void anAnswerIsClosedThatCameWhenTheDeadlineHadPassed() {
    AtomicBoolean closed = new AtomicBoolean();
    HttpClient client = answering(new HttpHeaders(), Flux.empty(), () -> closed.set(true));
    assertThat(tooLate(client).failure()).isEqualTo(DEADLINE);
    assertThat(closed).isTrue();
  }

  @Test
  void aBodyThatNeverEndsIsLeftAtTheDeadlineAndCancelled() {
    AtomicBoolean cancelled = new AtomicBoolean();
    Flux<ByteBuffer> body = Flux.<ByteBuffer>never().doOnCancel(() -> cancelled.set(true));
    HttpLimits blink = new HttpLimits(MAX, PATIENCE, PATIENCE, Duration.ofMillis(20));
    BoundedHttp http =
        new BoundedHttp(
            "test service",
            answering(new HttpHeaders(), body),
            blink,
            RetryRule.never(),
            HttpTime.system());
    assertThat(Refusals.of(() -> http.get("http://localhost/", Map.of())).failure())
        .isEqualTo(DEADLINE);
    assertThat(cancelled).isTrue();
  }

  @Test
  void whatAClientThrowsIsNotRepeated() {
    HttpClient throwing =
        request -> {
          throw new IllegalStateException("told by the other side");
        };
    assertThat(refusal(throwing).failure()).isEqualTo(UNREACHABLE);
  }

  private static BoundedHttp http(HttpClient client, HttpTime time) {
    return new BoundedHttp("test service", client, LIMITS, RetryRule.never(), time);
  }

  private static Optional<Failure> outcome(HttpClient client) {
    try {
      http(client, SteppedTime.standing()).get("http://localhost/", Map.of());
      return Optional.empty();
    } catch (AttestationException.Service e) {
      return Optional.of(e.failure());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "199, HTTP_STATUS",
    "200, ",
    "299, ",
    "300, HTTP_REDIRECT",
    "399, HTTP_REDIRECT",
    "400, HTTP_STATUS",
    "429, ENDPOINT_THROTTLED",
    "600, HTTP_STATUS"
  })
  void theHundredsOfAStatusSayWhatItIsAndEveryAnswerIsClosed(int status, Failure failure) {
    AtomicInteger closed = new AtomicInteger();
    HttpClient client = answering(status, new HttpHeaders(), Flux.empty(), closed::incrementAndGet);
    assertThat(outcome(client)).isEqualTo(Optional.ofNullable(failure));
    assertThat(closed).hasValue(1);
    assertThat(new HttpAnswer(status, Bytes.empty(), new HttpHeaders()).isSuccess())
        .isEqualTo(failure == null);
  }

  @Test
  void anAnswerThatIsRefusedForItsHeaderOrItsLengthIsClosed() {
    AtomicInteger closed = new AtomicInteger();
    for (HttpHeaders headers :
        List.of(
            new HttpHeaders().set(HttpHeaderName.CONTENT_ENCODING, "gzip"),
            new HttpHeaders().set(HttpHeaderName.CONTENT_LENGTH, "1001"))) {
      assertThat(outcome(answering(headers, Flux.empty(), closed::incrementAndGet)))
          .contains(INPUT_LIMIT);
    }
    assertThat(closed).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "many", "-5", "99999999999999999999"})
  void aLengthThatIsNoneIsNotBelieved(String length) {
    HttpHeaders headers = new HttpHeaders().set(HttpHeaderName.CONTENT_LENGTH, length);
    Flux<ByteBuffer> body = Flux.just(ByteBuffer.wrap(new byte[2]));
    HttpAnswer answer =
        http(answering(headers, body), SteppedTime.standing()).get("http://localhost/", Map.of());
    assertThat(answer.body()).isEqualTo(Bytes.zeros(2));
  }

  /** Fifty parts of a hundred bytes; {@code sent} counts how many are asked for. */
  private static Flux<ByteBuffer> fiftyParts(AtomicInteger sent) {
    return Flux.range(0, 50)
        .doOnNext(part -> sent.incrementAndGet())
        .map(part -> ByteBuffer.wrap(new byte[100]));
  }

  @Test
  void noMoreIsTakenOfABodyThanThePartThatPassesTheLimit() {
    AtomicInteger sent = new AtomicInteger();
    assertThat(outcome(answering(new HttpHeaders(), fiftyParts(sent)))).contains(INPUT_LIMIT);
    assertThat(sent).hasValue(MAX / 100 + 1);
  }

  @Test
  void partsThatFillTheLimitAreTaken() {
    AtomicInteger sent = new AtomicInteger();
    Flux<ByteBuffer> body = fiftyParts(sent).take(MAX / 100);
    HttpAnswer answer =
        http(answering(new HttpHeaders(), body), SteppedTime.standing())
            .get("http://localhost/", Map.of());
    assertThat(answer.body()).isEqualTo(Bytes.zeros(MAX));
  }

  @Test
  void noMoreIsTakenOfABodyThanThePartThatMeetsTheDeadline() {
    AtomicInteger sent = new AtomicInteger();
    HttpClient client = answering(new HttpHeaders(), fiftyParts(sent));
    // Three looks before the body, and the deadline is six behind the first of them.
    SteppedTime time = SteppedTime.passing(Duration.ofSeconds(10));
    BoundedHttp http = http(client, time);
    assertThat(Refusals.of(() -> http.get("http://localhost/", Map.of())).failure())
        .isEqualTo(DEADLINE);
    assertThat(sent).hasValue(4);
  }

  @Test
  void whatBreaksBeforeAnAnswerIsToldByItsKind() {
    assertThat(outcome(failing(new HttpTimeoutException("told")))).contains(DEADLINE);
    assertThat(outcome(failing(new HttpConnectTimeoutException("told")))).contains(UNREACHABLE);
    assertThat(outcome(failing(new ProtocolException("told")))).contains(ANSWER_MALFORMED);
    assertThat(outcome(failing(new IOException("told")))).contains(UNREACHABLE);
  }

  private static HttpClient failing(IOException why) {
    return request -> Mono.error(why);
  }

  @Test
  void whatBreaksInsideABodyIsToldByItsKind() {
    HttpHeaders none = new HttpHeaders();
    assertThat(outcome(answering(none, Flux.error(new HttpTimeoutException("told")))))
        .contains(DEADLINE);
    assertThat(outcome(answering(none, Flux.error(new IOException("told"))))).contains(TRUNCATED);
  }

  @Test
  void aCodedErrorIsNotReadForItsCode() {
    byte[] json = "{\"error\":{\"code\":\"Inside\"}}".getBytes(UTF_8);
    HttpHeaders headers = new HttpHeaders();
    HttpClient client = answering(400, headers, Flux.just(ByteBuffer.wrap(json)), () -> {});
    assertThat(refusal(client).serviceCode()).isEqualTo("Inside");
    headers.set(HttpHeaderName.CONTENT_ENCODING, "gzip");
    HttpClient coded = answering(400, headers, Flux.just(ByteBuffer.wrap(json)), () -> {});
    assertThat(refusal(coded).serviceCode()).isEmpty();
    assertThat(refusal(coded).failure()).isEqualTo(HTTP_STATUS);
  }

  /** Deadline in seconds, read limit in seconds, and what the client is told of the two. */
  @ParameterizedTest
  @CsvSource({"5, 60, 5", "60, 5, 5"})
  void theClientWaitsForAnAnswerAsLongAsTheShorterLimitSays(int deadline, int read, int told) {
    List<Object> waits = new ArrayList<>();
    HttpClient asked =
        new HttpClient() {
          @Override
          public Mono<HttpResponse> send(HttpRequest request) {
            throw new AssertionError("without a limit");
          }

          @Override
          public Mono<HttpResponse> send(HttpRequest request, Context context) {
            waits.add(context.getData("azure-response-timeout").orElseThrow());
            return Mono.error(new IOException());
          }
        };
    HttpLimits limits =
        new HttpLimits(MAX, PATIENCE, Duration.ofSeconds(read), Duration.ofSeconds(deadline));
    SteppedTime time = SteppedTime.standing();
    BoundedHttp http = new BoundedHttp("test service", asked, limits, RetryRule.never(), time);
    Refusals.of(() -> http.get("http://localhost/", Map.of()));
    assertThat(waits).containsExactly(Duration.ofSeconds(told));
  }
}

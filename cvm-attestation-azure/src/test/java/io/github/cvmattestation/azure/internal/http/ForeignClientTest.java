package io.github.cvmattestation.azure.internal.http;

import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.DEADLINE;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.INPUT_LIMIT;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.TRUNCATED;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.UNREACHABLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpResponse;
import io.github.cvmattestation.attestation.AttestationException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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
    return request ->
        Mono.just(
            new HttpResponse(request) {
              @Override
              public int getStatusCode() {
                return 200;
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
}

package io.github.cvmattestation.azure.internal.http;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import java.net.ProtocolException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * One request and its answer, whatever status that has. The asynchronous half of the client is
 * used, because the blocking one cannot be left at a deadline and logs what the other side sent.
 */
record Exchange(HttpClient client, HttpLimits limits, HttpTime time, Failures failures) {
  /** Whether the client gathers the body by itself; it knows no bound. */
  private static final String EAGERLY = "azure-eagerly-read-response";

  /** How long the client waits for the beginning of the answer. */
  private static final String RESPONSE_TIMEOUT = "azure-response-timeout";

  private static final String IDENTITY = "identity";

  /** The answer, read to its end; of one that is no success the body may be missing. */
  HttpAnswer send(HttpRequest request, Instant end) {
    Duration left = left(end);
    Duration wait = left.compareTo(limits.read()) < 0 ? left : limits.read();
    Context context = new Context(EAGERLY, false).addData(RESPONSE_TIMEOUT, wait);
    CompletableFuture<HttpResponse> answer =
        Mono.defer(() -> client.send(request, context)).toFuture();
    try (HttpResponse response = begun(answer, end)) {
      int status = response.getStatusCode();
      if (status >= 200 && status < 300) {
        return new HttpAnswer(status, body(response, end), response.getHeaders());
      }
      if (status >= 300 && status < 400) {
        throw failures.of(Failure.HTTP_REDIRECT, status, response.getHeaders(), Bytes.empty());
      }
      return new HttpAnswer(status, errorBody(response, end), response.getHeaders());
    }
  }

  private HttpResponse begun(CompletableFuture<HttpResponse> answer, Instant end) {
    try {
      return await(answer, end, this::withoutAnswer);
    } catch (AttestationException e) {
      // It may have come in the last moment, too late to be cancelled.
      if (!answer.isCompletedExceptionally()) {
        answer.join().close();
      }
      throw e;
    }
  }

  private Bytes body(HttpResponse response, Instant end) {
    requireUncoded(response);
    long declared = declared(response);
    if (declared > limits.maxBody()) {
      throw failures.of(Failure.INPUT_LIMIT);
    }
    Bytes body = collect(response, limits.maxBody(), end);
    if (declared > body.size()) {
      throw failures.of(Failure.TRUNCATED);
    }
    return body;
  }

  /** It may only explain, so that its own faults do not hide the status. */
  private Bytes errorBody(HttpResponse response, Instant end) {
    try {
      requireUncoded(response);
      return collect(response, Failures.MAX_ERROR_BODY, end);
    } catch (AttestationException.Service e) {
      return Bytes.empty();
    }
  }

  /** None was asked for, and how much comes out of one is not known before. */
  private void requireUncoded(HttpResponse response) {
    String coding = response.getHeaderValue(HttpHeaderName.CONTENT_ENCODING);
    if (coding != null && !coding.equalsIgnoreCase(IDENTITY)) {
      throw failures.of(Failure.INPUT_LIMIT);
    }
  }

  private Bytes collect(HttpResponse response, int max, Instant end) {
    BodyCollector collector = new BodyCollector(max, () -> !time.now().isBefore(end));
    response.getBody().subscribe(collector);
    try {
      return await(collector.whole(), end, this::insideBody);
    } finally {
      collector.cancel();
    }
  }

  private <T> T await(
      CompletableFuture<T> result, Instant end, Function<Throwable, AttestationException> refusal) {
    try {
      return result.get(left(end).toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw failures.of(Failure.DEADLINE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failures.of(Failure.DEADLINE);
    } catch (ExecutionException e) {
      // What broke is told, not what it said: that may be the other side's text.
      throw refusal.apply(e.getCause());
    } finally {
      // Without effect on what has come. Whatever ends the wait, nobody waits any more.
      result.cancel(true);
    }
  }

  private AttestationException withoutAnswer(@Nullable Throwable cause) {
    if (cause instanceof HttpTimeoutException && !(cause instanceof HttpConnectTimeoutException)) {
      return failures.of(Failure.DEADLINE);
    }
    // A number in the answer's header fields that is none is thrown as such, and is not ours.
    boolean notNumber = cause instanceof NumberFormatException;
    if (cause instanceof IllegalArgumentException && !notNumber) {
      return new AttestationException.Configuration(
          failures.service() + ": a request that cannot be sent", "look at its header fields");
    }
    boolean malformed = notNumber || cause instanceof ProtocolException;
    return failures.of(malformed ? Failure.ANSWER_MALFORMED : Failure.UNREACHABLE);
  }

  private AttestationException insideBody(@Nullable Throwable cause) {
    if (cause instanceof BodyCollector.TooLong) {
      return failures.of(Failure.INPUT_LIMIT);
    }
    boolean late = cause instanceof HttpTimeoutException;
    return failures.of(late ? Failure.DEADLINE : Failure.TRUNCATED);
  }

  private Duration left(Instant end) {
    Duration left = Duration.between(time.now(), end);
    if (left.isNegative() || left.isZero()) {
      throw failures.of(Failure.DEADLINE);
    }
    return left;
  }

  /** The size that the answer claims, or -1. */
  private static long declared(HttpResponse response) {
    String length = response.getHeaderValue(HttpHeaderName.CONTENT_LENGTH);
    try {
      return length == null ? -1 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}

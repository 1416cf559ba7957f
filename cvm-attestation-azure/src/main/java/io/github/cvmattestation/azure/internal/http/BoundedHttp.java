package io.github.cvmattestation.azure.internal.http;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Configuration;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;

/**
 * Asks one service. An answer is a success (2xx), whole and within its bounds, or it is an
 * exception; a redirect is never followed and a coded body never decoded. Safe for use by several
 * threads.
 */
public final class BoundedHttp {
  private static final int TOO_MANY_REQUESTS = 429;
  private static final Set<String> SCHEMES = Set.of("http", "https");

  private final RetryRule retries;
  private final HttpTime time;
  private final HttpLimits limits;
  private final Failures failures;
  private final Exchange exchange;

  /**
   * @param service its name in messages
   * @param client who speaks HTTP, such as {@link #direct}
   */
  public BoundedHttp(
      String service, HttpClient client, HttpLimits limits, RetryRule retries, HttpTime time) {
    this.retries = retries;
    this.time = time;
    this.limits = limits;
    failures = new Failures(service);
    exchange = new Exchange(client, limits, time, failures);
  }

  /**
   * The JDK's HTTP client: HTTP/1.1, no redirects, no cookies, and no proxy, whatever environment
   * and system properties name (security brief, T2). Each one has threads of its own, so one is to
   * be kept and shared.
   *
   * @param connect how long a connection may take to come about
   * @param read how long an answer may take to begin, and then each part of it
   */
  public static HttpClient direct(Duration connect, Duration read) {
    return new JdkHttpClientBuilder(
            java.net.http.HttpClient.newBuilder()
                .proxy(java.net.http.HttpClient.Builder.NO_PROXY)
                .followRedirects(java.net.http.HttpClient.Redirect.NEVER))
        .configuration(Configuration.NONE)
        .connectionTimeout(connect)
        .writeTimeout(read)
        .responseTimeout(read)
        .readTimeout(read)
        .build();
  }

  /**
   * GET.
   *
   * @throws AttestationException.Service for everything but a success
   */
  public HttpAnswer get(String url, Map<String, String> headers) {
    return get(url, headers, end());
  }

  /** GET, with an end instead of the deadline in the limits. */
  public HttpAnswer get(String url, Map<String, String> headers, Instant end) {
    return repeat(request(HttpMethod.GET, url, headers), end);
  }

  /**
   * POST. The content type is among {@code headers}, and is sent as it stands there.
   *
   * @throws AttestationException.Service for everything but a success
   */
  public HttpAnswer post(String url, Map<String, String> headers, Bytes body) {
    return post(url, headers, body, end());
  }

  /** POST, with an end instead of the deadline in the limits. */
  public HttpAnswer post(String url, Map<String, String> headers, Bytes body, Instant end) {
    HttpRequest request = request(HttpMethod.POST, url, headers);
    return repeat(request.setBody(BinaryData.fromBytes(body.toArray())), end);
  }

  private Instant end() {
    return time.now().plus(limits.deadline());
  }

  /** For the caller who finds that {@code answer} is not what the protocol says it is. */
  public AttestationException.Service malformed(HttpAnswer answer) {
    return refusal(Failure.ANSWER_MALFORMED, answer);
  }

  private HttpRequest request(HttpMethod method, String url, Map<String, String> headers) {
    HttpRequest request = new HttpRequest(method, parsed(url));
    headers.forEach((name, value) -> request.setHeader(HttpHeaderName.fromString(name), value));
    return request;
  }

  private URL parsed(String url) {
    try {
      URI uri = new URI(url);
      if (uri.getScheme() != null && SCHEMES.contains(uri.getScheme()) && uri.getHost() != null) {
        return uri.toURL();
      }
    } catch (URISyntaxException | MalformedURLException e) {
      // It says what is wrong by quoting it, and a query may hold a secret.
    }
    throw new AttestationException.Configuration(
        failures.service() + ": its address is no http or https URL", "correct the address");
  }

  private HttpAnswer repeat(HttpRequest request, Instant end) {
    HttpAnswer answer = exchange(request, end);
    if (!answer.isSuccess()) {
      throw refusal(statusFailure(answer), answer);
    }
    return answer;
  }

  /** The last answer, whatever status it has: retries are over, or would come too late. */
  HttpAnswer exchange(HttpRequest request) {
    return exchange(request, end());
  }

  private HttpAnswer exchange(HttpRequest request, Instant end) {
    Duration pause = retries.firstPause();
    for (int tries = 1; ; tries++) {
      HttpAnswer answer = exchange.send(request.copy(), end);
      Duration least = leastWait(answer, pause);
      Duration left = Duration.between(time.now(), end);
      boolean again = retries.statuses().contains(answer.status()) && tries < retries.tries();
      if (answer.isSuccess() || !again || least.compareTo(left) >= 0) {
        return answer;
      }
      time.pause(RetryRule.spread(least, pause, left, time.chance()));
      pause = pause.multipliedBy(2);
    }
  }

  private Duration leastWait(HttpAnswer answer, Duration pause) {
    String field = answer.headers().getValue(HttpHeaderName.RETRY_AFTER);
    return RetryAfter.read(field, time.now()).orElse(pause);
  }

  private static Failure statusFailure(HttpAnswer answer) {
    return answer.status() == TOO_MANY_REQUESTS ? Failure.ENDPOINT_THROTTLED : Failure.HTTP_STATUS;
  }

  private AttestationException.Service refusal(Failure failure, HttpAnswer answer) {
    return failures.of(failure, answer.status(), answer.headers(), answer.body());
  }
}

package io.github.cvmattestation.azure.internal.imds;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.HttpAnswer;
import io.github.cvmattestation.azure.internal.http.HttpLimits;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.http.RetryRule;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Requests to IMDS, repeated as its documentation asks: it answers 404 or 410 for up to 70 seconds
 * while it is being updated, and 429 to more than five requests a second.
 */
public final class ImdsHttp {
  /** How long a connection may take: it does not leave the host. */
  public static final Duration CONNECT = Duration.ofSeconds(5);

  /** How long an answer may take to begin: a quote has to be made first. */
  public static final Duration READ = Duration.ofSeconds(30);

  /** How long a question may take with all repetitions, where nobody else can be asked. */
  public static final Duration DEADLINE = Duration.ofMinutes(5);

  private static final String SERVICE = "IMDS";

  /** Two minutes with their pauses: a machine that never has the answer says 404 as well. */
  private static final RetryRule RETRIES =
      new RetryRule(Set.of(404, 410, 429, 500, 502, 503, 504), 7, Duration.ofSeconds(2));

  /** How often an answer is asked for that is whole, but not about this machine as it is now. */
  private static final int ASKED = 3;

  private static final Duration UNTIL_ASKED_AGAIN = Duration.ofSeconds(2);

  /** Without it IMDS answers nothing; browsers and naive forwarders do not send it. */
  private static final Map<String, String> GET_HEADERS = Map.of("Metadata", "true");

  /** With a charset behind it IMDS answers 415. */
  private static final Map<String, String> POST_HEADERS =
      Map.of("Metadata", "true", "Content-Type", "application/json");

  private final String endpoint;
  private final HttpClient client;
  private final HttpTime time;

  /** How an answer is read. */
  public interface Reader<T> {
    /** The value in {@code body}. */
    T read(Bytes body) throws MalformedException;
  }

  /**
   * @param endpoint scheme and authority, without a slash at the end
   * @param client who speaks HTTP
   */
  public ImdsHttp(String endpoint, HttpClient client, HttpTime time) {
    this.endpoint = endpoint;
    this.client = client;
    this.time = time;
  }

  /**
   * What GET answers.
   *
   * @param path with the query, from the slash on
   * @param maxBody the most bytes of the answer
   */
  public <T> T get(String path, int maxBody, Reader<T> reader) {
    BoundedHttp http = http(maxBody);
    return read(http, http.get(endpoint + path, GET_HEADERS), reader);
  }

  /** What GET answers until {@code end}. */
  public <T> T get(String path, int maxBody, Instant end, Reader<T> reader) {
    BoundedHttp http = http(maxBody);
    return read(http, http.get(endpoint + path, GET_HEADERS, end), reader);
  }

  /** What POST of a JSON {@code body} answers until {@code end}. */
  public <T> T post(String path, Bytes body, int maxBody, Instant end, Reader<T> reader) {
    BoundedHttp http = http(maxBody);
    return read(http, http.post(endpoint + path, POST_HEADERS, body, end), reader);
  }

  /**
   * Asks until an answer fits, a few times: IMDS keeps answers, and may lag behind its machine.
   *
   * @param most how long all of it may take
   * @param question gets the end of that time
   * @param remedy what to do where none fits
   */
  public <T> T untilFitting(Duration most, Function<Instant, Optional<T>> question, String remedy) {
    Instant end = time.now().plus(most);
    for (int asked = 1; ; asked++) {
      Optional<T> fitting = question.apply(end);
      if (fitting.isPresent()) {
        return fitting.get();
      }
      if (asked == ASKED || !time.now().plus(UNTIL_ASKED_AGAIN).isBefore(end)) {
        throw new AttestationException.Service(
            SERVICE, Failure.ANSWER_MALFORMED, 0, "", "", remedy);
      }
      time.pause(UNTIL_ASKED_AGAIN);
    }
  }

  private BoundedHttp http(int maxBody) {
    HttpLimits limits = new HttpLimits(maxBody, CONNECT, READ, DEADLINE);
    return new BoundedHttp(SERVICE, client, limits, RETRIES, time);
  }

  private static <T> T read(BoundedHttp http, HttpAnswer answer, Reader<T> reader) {
    try {
      return reader.read(answer.body());
    } catch (MalformedException e) {
      // Its message is made of our own words, but of a document that nobody needs to see.
      throw http.malformed(answer);
    }
  }
}

package io.github.cvmattestation.azure;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import java.time.Duration;
import reactor.core.publisher.Mono;

/**
 * A client whose time leaps when one path is asked: what hangs there has a moment left. It sets no
 * limit itself, so that who asks has to.
 */
final class HurriedClient implements HttpClient {
  private final HttpClient client;
  private final String path;
  private final FaultTime time;
  private volatile Duration leap;
  private volatile Duration patience = Duration.ZERO;

  HurriedClient(HttpClient client, String path, FaultTime time, Duration leap) {
    this.client = client;
    this.path = path;
    this.time = time;
    this.leap = leap;
  }

  /** From now on time passes as it does. */
  void calm() {
    leap = Duration.ZERO;
  }

  /** How long who asked last would have had this client wait for an answer; zero is for ever. */
  Duration patience() {
    return patience;
  }

  @Override
  public Mono<HttpResponse> send(HttpRequest request) {
    throw new UnsupportedOperationException("who sends has options");
  }

  @Override
  public Mono<HttpResponse> send(HttpRequest request, Context context) {
    if (request.getUrl().getPath().equals(path)) {
      patience = (Duration) context.getData("azure-response-timeout").orElse(Duration.ZERO);
    }
    if (!leap.isZero() && request.getUrl().getPath().equals(path)) {
      time.leap(leap);
    }
    return client.send(request, context);
  }
}

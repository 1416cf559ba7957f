package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The JDK's client: no proxy, whatever the environment names, and followed nowhere. */
final class DirectWeb implements Web {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final int SECONDS = 10;

  private final HttpClient client;

  DirectWeb() {
    this(HttpClient.newBuilder());
  }

  /** With what else {@code settings} say, such as whom TLS trusts. */
  DirectWeb(HttpClient.Builder settings) {
    client =
        settings
            .connectTimeout(CONNECT)
            .proxy(HttpClient.Builder.NO_PROXY)
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
  }

  @Override
  public Optional<Answer> get(String url, Map<String, String> headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).GET();
    headers.forEach(request::header);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    CompletableFuture<HttpResponse<Void>> exchange =
        client.sendAsync(
            request.build(),
            HttpResponse.BodyHandlers.ofByteArrayConsumer(part -> add(part, body)));
    try {
      HttpResponse<Void> response = exchange.get(SECONDS, TimeUnit.SECONDS);
      return Optional.of(
          new Answer(
              response.statusCode(),
              response.headers().firstValue("WWW-Authenticate"),
              Bytes.of(body.toByteArray())));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    } catch (ExecutionException | TimeoutException e) {
      return Optional.empty();
    } finally {
      exchange.cancel(true);
    }
  }

  private static void add(Optional<byte[]> part, ByteArrayOutputStream body) {
    byte[] octets = part.orElseGet(() -> new byte[0]);
    if (body.size() + octets.length > MAX_BODY) {
      throw new IllegalStateException("more than is read of such an answer");
    }
    body.writeBytes(octets);
  }
}

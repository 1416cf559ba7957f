package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/** How a fake vault answers, and how it fails to. */
final class VaultFaults {
  private static final String CHALLENGE =
      "Bearer authorization=\"https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001\","
          + " resource=\"https://%s\"";

  private VaultFaults() {}

  /** Says who could let the caller in, as the service does at first. */
  static void challenge(HttpExchange exchange, String host) throws IOException {
    String domain = host.substring(host.indexOf('.') + 1);
    exchange.getResponseHeaders().set("WWW-Authenticate", CHALLENGE.formatted(domain));
    send(exchange, 401, error("Unauthorized"), false);
  }

  /** Whether the fault has answered, or has seen to it that nobody does. */
  static boolean strike(
      VaultFault fault, HttpExchange exchange, String host, CountDownLatch closing)
      throws IOException {
    switch (fault) {
      case NONE, STALE, TRUNCATED -> {
        return false;
      }
      case UNAUTHORIZED -> challenge(exchange, host);
      case THROTTLED -> send(exchange, 429, error("Throttled"), false);
      case THROTTLED_WITH_TIME -> {
        exchange.getResponseHeaders().set("Retry-After", "5");
        send(exchange, 429, error("Throttled"), false);
      }
      case ERROR -> send(exchange, 500, error("InternalServerError"), false);
      case UNAVAILABLE -> send(exchange, 503, "", false);
      case RESET -> {}
      case HANG -> awaitQuietly(closing);
      case REDIRECT -> {
        exchange.getResponseHeaders().set("Location", "https://evil.example/");
        send(exchange, 302, "", false);
      }
      case HTML -> send(exchange, 200, "<html><body>Sign in</body></html>", false);
      case GZIP -> {
        exchange.getResponseHeaders().set("Content-Encoding", "gzip");
        send(exchange, 200, "{}", false);
      }
      case FLOOD -> send(exchange, 200, "{\"value\":\"" + "A".repeat(1 << 20) + "\"}", false);
    }
    return true;
  }

  /** An answer in JSON, or its first half under the size of the whole. */
  static void send(HttpExchange exchange, int status, String json, boolean half)
      throws IOException {
    byte[] body = json.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json; charset=utf-8");
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (half) {
      exchange.getResponseBody().write(body, 0, body.length / 2);
      exchange.getResponseBody().flush();
      throw new IOException("that was all");
    }
    exchange.getResponseBody().write(body);
  }

  static String error(String code) {
    return "{\"error\":{\"code\":\"" + code + "\",\"message\":\"no matter\"}}";
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

package io.github.cvmattestation.service;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The service: HTTP in front of a {@link Door}. It answers from its first moment on, and as long as
 * the door is closed it says 503 and why.
 *
 * <p>Whoever can reach it may use the key, so it listens on the loopback interface unless told
 * otherwise: who may ask is up to what stands before it.
 */
final class KeyServer implements AutoCloseable {
  /** The most bytes that are signed at once. */
  static final int MAX_MESSAGE = 64 << 10;

  private static final int THREADS = 8;

  /**
   * How long a caller may take to send a request, and then to receive its answer, in seconds: by
   * properties, which the JDK's server reads when it is loaded.
   */
  private static final String[] LIMITS = {
    "sun.net.httpserver.maxReqTime", "sun.net.httpserver.maxRspTime"
  };

  private static final String SECONDS = "10";

  private static final int GRACE_SECONDS = 1;
  private static final int NO_BODY = -1;

  private final Door door;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

  private record Answer(int status, String type, String body) {
    private static Answer text(int status, String text) {
      return new Answer(status, "text/plain; charset=utf-8", text + "\n");
    }

    private static Answer closed(Door door) {
      return text(503, door.closedBecause().orElse("the key has just gone"));
    }
  }

  /**
   * Listens, closed.
   *
   * @param door owned by this from now on
   * @throws IOException if the address cannot be had
   */
  KeyServer(InetSocketAddress address, Door door) throws IOException {
    this.door = door;
    limitCallers();
    server = HttpServer.create(address, 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /** Eight callers that say nothing would keep all others waiting. Whoever set a limit keeps it. */
  static void limitCallers() {
    for (String limit : LIMITS) {
      if (System.getProperty(limit) == null) {
        System.setProperty(limit, SECONDS);
      }
    }
  }

  /** Where it listens. */
  InetSocketAddress address() {
    return server.getAddress();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer;
      try {
        answer = answer(exchange);
      } catch (IllegalStateException e) {
        answer = Answer.text(500, "internal error"); // the door closed in between, or a mistake
      }
      byte[] body = answer.body().getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", answer.type());
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.sendResponseHeaders(answer.status(), NO_BODY);
      } else {
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
      }
    }
  }

  private Answer answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String method = path.equals("/sign") ? "POST" : "GET";
    if (!path.matches("/(healthz|readyz|public-key|sign)")) {
      return Answer.text(404, "there are /healthz, /readyz, /public-key and /sign");
    }
    if (!exchange.getRequestMethod().equals(method)) {
      exchange.getResponseHeaders().set("Allow", method);
      return Answer.text(405, "only " + method);
    }
    return switch (path) {
      case "/healthz" -> Answer.text(200, "alive");
      case "/readyz" ->
          door.closedBecause()
              .map(reason -> Answer.text(503, reason))
              .orElseGet(() -> Answer.text(200, "ready"));
      case "/public-key" -> publicKey();
      default -> sign(exchange);
    };
  }

  private Answer publicKey() {
    Optional<Answer> answer =
        door.use(
            key ->
                Signing.publicKey(key)
                    .map(pem -> new Answer(200, "application/x-pem-file", pem))
                    .orElseGet(() -> Answer.text(404, "a symmetric key has no public half")));
    return answer.orElseGet(() -> Answer.closed(door));
  }

  private Answer sign(HttpExchange exchange) throws IOException {
    if (door.closedBecause().isPresent()) {
      return Answer.closed(door);
    }
    byte[] message = exchange.getRequestBody().readNBytes(MAX_MESSAGE + 1);
    if (message.length > MAX_MESSAGE) {
      return Answer.text(413, "at most " + MAX_MESSAGE + " bytes");
    }
    return door.use(key -> new Answer(200, "application/json", Signing.of(key, message).json()))
        .orElseGet(() -> Answer.closed(door));
  }

  /** No more requests; those under way get a second to end before the key goes. */
  @Override
  public void close() {
    server.stop(GRACE_SECONDS);
    threads.shutdown();
    door.close();
  }
}

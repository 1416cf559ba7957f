package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.zip.GZIPOutputStream;

/** Plays a fault to one client, who may hang up at any time. */
final class FaultPlayer {
  private static final int DRIP_MILLIS = 10;
  private static final int PIECE = 1 << 13;
  private static final String CHUNKED = "Transfer-Encoding: chunked";

  private final Socket client;
  private final OutputStream out;

  FaultPlayer(Socket client) throws IOException {
    this.client = client;
    out = client.getOutputStream();
  }

  /**
   * Plays {@code fault}.
   *
   * @param healthy what would be answered without it
   */
  void play(FakeFault fault, FakeResponse healthy) throws IOException {
    switch (fault) {
      case THROTTLED_RETRY_AFTER ->
          HttpWire.write(out, FakeResponse.error(429, "Throttled").withHeader("Retry-After", "7"));
      case THROTTLED -> HttpWire.write(out, FakeResponse.error(429, "Throttled"));
      case NOT_FOUND -> HttpWire.write(out, FakeResponse.error(404, "NotFound"));
      case GONE -> HttpWire.write(out, FakeResponse.error(410, "Gone"));
      case INTERNAL_ERROR -> HttpWire.write(out, FakeResponse.error(500, "InternalError"));
      case UNAVAILABLE -> HttpWire.write(out, FakeResponse.error(503, "Unavailable"));
      case RESET -> client.setSoLinger(true, 0);
      case GARBAGE -> out.write((FaultyServer.GARBAGE + "\r\n\r\n").getBytes(UTF_8));
      case HANG -> waitForHangUp();
      case DRIP -> drip(healthy);
      case TRUNCATED -> cut(healthy, healthy.body().size());
      case WRONG_LENGTH -> cut(healthy, healthy.body().size() / 2);
      case GARBLED_LENGTH -> out.write(HttpWire.head(healthy, "Content-Length: many"));
      case REDIRECT ->
          HttpWire.write(
              out,
              FakeResponse.of("text/plain", Bytes.empty())
                  .withStatus(302)
                  .withHeader("Location", FaultyServer.ELSEWHERE));
      case HTML ->
          HttpWire.write(
              out, FakeResponse.of("text/html", text("<html><body>Please sign in</body></html>")));
      case GZIP_BOMB ->
          HttpWire.write(
              out,
              FakeResponse.of("application/json", bomb()).withHeader("Content-Encoding", "gzip"));
      case ENDLESS -> endless(healthy);
      case STALE_BODY, SWAPPED_BODY -> HttpWire.write(out, healthy);
    }
  }

  /** Declares a length; what is written ends in the middle of it, or goes on behind it. */
  private void cut(FakeResponse healthy, int declared) throws IOException {
    out.write(HttpWire.head(healthy, "Content-Length: " + declared));
    int size = healthy.body().size();
    int written = declared == size ? size / 2 : size;
    out.write(healthy.body().slice(0, written).toArray());
  }

  private void drip(FakeResponse healthy) throws IOException {
    out.write(HttpWire.head(healthy, CHUNKED));
    client.setSoTimeout(DRIP_MILLIS);
    int at = 0;
    while (!hasHungUp()) {
      boolean more = at < healthy.body().size();
      // Behind the answer there are blanks, which JSON allows anywhere.
      int octet = more ? healthy.body().get(at) : ' ';
      HttpWire.chunk(out, new byte[] {(byte) octet});
      at++;
    }
  }

  private void endless(FakeResponse healthy) throws IOException {
    out.write(HttpWire.head(healthy, CHUNKED));
    byte[] piece = new byte[PIECE];
    while (!client.isClosed()) {
      HttpWire.chunk(out, piece); // fails when the client has hung up
    }
  }

  private void waitForHangUp() throws IOException {
    client.setSoTimeout(0);
    hasHungUp();
  }

  /** Whether the client is gone; this is also how time passes between two drops. */
  private boolean hasHungUp() throws IOException {
    try {
      return client.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    }
  }

  private static Bytes text(String text) {
    return Bytes.of(text.getBytes(UTF_8));
  }

  private static Bytes bomb() {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    byte[] piece = new byte[PIECE];
    try (GZIPOutputStream zip = new GZIPOutputStream(packed)) {
      for (int size = 0; size < FaultyServer.BOMB_SIZE; size += piece.length) {
        zip.write(piece);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Bytes.of(packed.toByteArray());
  }
}

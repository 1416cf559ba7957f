package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What goes over the wire, seen by a client that knows no HTTP. */
@Timeout(60)
class FaultyServerTest {
  private static final String GET = "GET %s HTTP/1.1\r\nHost: test\r\n\r\n";

  private int asked;
  private final FaultyServer server =
      FaultyServer.http(request -> FakeResponse.json("\"%s %d\"".formatted(request.path(), asked)));

  @AfterEach
  void close() {
    server.close();
  }

  private byte[] answerTo(String request) throws IOException {
    asked++;
    try (Socket client = new Socket("localhost", server.port())) {
      client.getOutputStream().write(request.getBytes(ISO_8859_1));
      return client.getInputStream().readAllBytes();
    }
  }

  private String get(String path) throws IOException {
    return new String(answerTo(GET.formatted(path)), UTF_8);
  }

  private String get(FakeFault fault) throws IOException {
    server.fail("/a", fault);
    return get("/a");
  }

  private static String body(String answer) {
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  @Test
  void aRequestIsAnsweredAndRemembered() throws IOException {
    String answer =
        new String(
            answerTo("POST /a?b=c HTTP/1.1\r\nX-Name:  value \r\nContent-Length: 3\r\n\r\nxyz"),
            UTF_8);
    assertThat(answer)
        .startsWith("HTTP/1.1 200 ")
        .contains("\r\nContent-Type: application/json; charset=utf-8\r\n")
        .contains("\r\nConnection: close\r\n")
        .endsWith("\r\nContent-Length: 6\r\n\r\n\"/a 1\"");
    assertThat(server.requests()).hasSize(1);
    FakeRequest request = server.requests().get(0);
    assertThat(request.method()).isEqualTo("POST");
    assertThat(request.path()).isEqualTo("/a");
    assertThat(request.query()).isEqualTo("b=c");
    assertThat(request.header("x-name")).contains("value");
    assertThat(request.body()).isEqualTo(Bytes.of("xyz".getBytes(UTF_8)));
  }

  @Test
  void aBodyInChunksIsPutTogether() throws IOException {
    answerTo(
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nxy\r\n1\r\nz\r\n0\r\n\r\n");
    assertThat(server.requests().get(0).body()).isEqualTo(Bytes.of("xyz".getBytes(UTF_8)));
  }

  @Test
  void aFaultHoldsForItsPathAndAsOftenAsTold() throws IOException {
    server.fail("/a", FakeFault.UNAVAILABLE, 2);
    assertThat(get("/a")).startsWith("HTTP/1.1 503 ");
    assertThat(get("/b")).startsWith("HTTP/1.1 200 ");
    assertThat(get("/a")).startsWith("HTTP/1.1 503 ");
    assertThat(get("/a")).startsWith("HTTP/1.1 200 ");
    assertThat(server.requestsTo("/a")).isEqualTo(3);
    server.fail("/b", FakeFault.GONE);
    assertThat(get("/b")).startsWith("HTTP/1.1 410 ");
    server.heal();
    assertThat(get("/b")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void statusesSayWhatTheyAre() throws IOException {
    assertThat(get(FakeFault.THROTTLED)).startsWith("HTTP/1.1 429 ").doesNotContain("Retry-After");
    assertThat(get(FakeFault.THROTTLED_RETRY_AFTER)).contains("\r\nRetry-After: 7\r\n");
    assertThat(get(FakeFault.NOT_FOUND)).startsWith("HTTP/1.1 404 ");
    assertThat(get(FakeFault.INTERNAL_ERROR)).contains("{\"error\":{\"code\":\"InternalError\"");
    assertThat(get(FakeFault.REDIRECT))
        .startsWith("HTTP/1.1 302 ")
        .contains("\r\nLocation: " + FaultyServer.ELSEWHERE + "\r\n");
    assertThat(get(FakeFault.HTML)).startsWith("HTTP/1.1 200 ").contains("<html>");
    assertThat(get(FakeFault.GARBAGE)).startsWith(FaultyServer.GARBAGE);
  }

  @Test
  void lengthsLie() throws IOException {
    String truncated = get(FakeFault.TRUNCATED);
    assertThat(truncated).contains("Content-Length: 6\r\n");
    assertThat(body(truncated)).hasSize(3);
    assertThat(get(FakeFault.GARBLED_LENGTH)).contains("Content-Length: many\r\n");
    String wrong = get(FakeFault.WRONG_LENGTH);
    assertThat(wrong).contains("Content-Length: 3\r\n");
    assertThat(body(wrong)).hasSize(6);
  }

  @Test
  void aBombUnpacksToItsSize() throws IOException {
    server.fail("/a", FakeFault.GZIP_BOMB);
    byte[] answer = answerTo(GET.formatted("/a"));
    String text = new String(answer, ISO_8859_1);
    assertThat(text).contains("\r\nContent-Encoding: gzip\r\n");
    int body = text.indexOf("\r\n\r\n") + 4;
    assertThat(answer.length - body).isLessThan(FaultyServer.BOMB_SIZE / 500);
    try (GZIPInputStream zip =
        new GZIPInputStream(new ByteArrayInputStream(answer, body, answer.length - body))) {
      assertThat(zip.readAllBytes()).hasSize(FaultyServer.BOMB_SIZE);
    }
  }

  @Test
  void oldAnswersAreRepeatedHereAndElsewhere() throws IOException {
    get("/a");
    get("/b");
    assertThat(body(get(FakeFault.STALE_BODY))).isEqualTo("\"/a 1\"");
    assertThat(body(get(FakeFault.SWAPPED_BODY))).isEqualTo("\"/b 2\"");
  }

  @Test
  void aClientThatIsKeptWaitingIsLetGoByClosing() throws IOException {
    server.fail("/a", FakeFault.HANG);
    try (Socket client = new Socket("localhost", server.port())) {
      client.getOutputStream().write(GET.formatted("/a").getBytes(ISO_8859_1));
      while (server.requests().isEmpty()) {
        Thread.onSpinWait();
      }
      server.close();
      assertThat(client.getInputStream().readAllBytes()).isEmpty();
    }
    server.awaitNoClient();
  }
}

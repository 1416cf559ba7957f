package io.github.cvmattestation.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.release.KeyLifetime;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Nothing is served without a key, and no key outlives the service. */
class KeyServerTest {
  private static final Pattern SIGNATURE =
      Pattern.compile("\\{\"alg\":\"(.+)\",\"kid\":\"(.+)\",\"signature\":\"([\\w-]+)\"}\n");

  private final Source source = new Source();
  private KeyServer server;
  private Door door;

  /** Says what it is told to say, and keeps count. */
  private static final class Source implements KeySource {
    private final List<ReleasedKey> given = new ArrayList<>();
    private Supplier<Attempt<ReleasedKey>> answer = TestKeys::refused;
    private boolean closed;

    @Override
    public synchronized Attempt<ReleasedKey> key() {
      Attempt<ReleasedKey> now = answer.get();
      if (now instanceof Attempt.Granted<ReleasedKey> unwrapped) {
        given.add(unwrapped.value());
      }
      return now;
    }

    private void gives(Supplier<ReleasedKey> key) {
      answer = () -> new Attempt.Granted<>(key.get());
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  /** Listens, without the thread that knocks: the tests knock. */
  private void serve(KeyLifetime times) throws IOException {
    door = new Door(source, times);
    server = new KeyServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), door);
  }

  private void serve() throws IOException {
    serve(KeyLifetime.of(Duration.ofHours(1)));
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void itStartsClosedAndSaysWhy() throws Exception {
    source.gives(TestKeys::symmetric);
    serve();
    for (String path : List.of("/readyz", "/public-key", "/sign")) {
      HttpResponse<String> answer = path.equals("/sign") ? post(path, "hello") : get(path);
      assertThat(answer.statusCode()).isEqualTo(503);
      assertThat(answer.body()).isEqualTo("not attested yet\n");
    }
    assertThat(get("/healthz").statusCode()).isEqualTo(200);
    assertThat(source.given).as("no request makes the machine attest").isEmpty();
  }

  @Test
  void itOpensOnceTheKeyIsReleased() throws Exception {
    source.gives(TestKeys::symmetric);
    serve();
    door.knock();
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
    Matcher signed = signed(post("/sign", "hello"));
    assertThat(signed.group(1)).isEqualTo("HS256");
    assertThat(signed.group(2)).isEqualTo(TestKeys.KEY_ID);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(TestKeys.SECRET, "HmacSHA256"));
    assertThat(decoded(signed)).isEqualTo(mac.doFinal("hello".getBytes(UTF_8)));
    assertThat(get("/public-key").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "EC, 256, ES256, SHA256withECDSAinP1363Format",
    "EC, 384, ES384, SHA384withECDSAinP1363Format",
    "RSA, 2048, PS256, RSASSA-PSS"
  })
  void signaturesVerifyUnderThePublicHalf(String algorithm, int bits, String name, String jcaName)
      throws Exception {
    KeyPair pair = TestKeys.pair(algorithm, bits);
    source.gives(() -> TestKeys.of(pair));
    serve();
    door.knock();
    Matcher signed = signed(post("/sign", "hello"));
    assertThat(signed.group(1)).isEqualTo(name);
    assertThat(verifies(pair, jcaName, "hello", decoded(signed))).isTrue();
    assertThat(verifies(pair, jcaName, "hellp", decoded(signed))).isFalse();
    String pem = get("/public-key").body();
    assertThat(pem).startsWith("-----BEGIN PUBLIC KEY-----\n");
    String base64 = pem.replaceAll("-----.*-----|\n", "");
    assertThat(Base64.getDecoder().decode(base64)).isEqualTo(pair.getPublic().getEncoded());
  }

  @Test
  void aRefusalClosesTheDoorAndClearsTheKey() throws Exception {
    source.gives(TestKeys::symmetric);
    serve(alwaysDue());
    door.knock();
    source.answer = TestKeys::refused;
    door.knock();
    assertThat(get("/readyz").statusCode()).isEqualTo(503);
    assertThat(post("/sign", "hello").body()).isEqualTo("refused: RELEASE_DENIED\n");
    assertThatThrownBy(source.given.get(0)::octets).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aServiceThatCannotBeAskedIsSaidAndAskedAgain() throws Exception {
    source.answer =
        () -> {
          throw new AttestationException.Device("no TPM", "is the user in the group tss?");
        };
    serve();
    door.knock();
    assertThat(get("/readyz").body())
        .isEqualTo("could not ask: no TPM; is the user in the group tss?\n");
    source.gives(TestKeys::symmetric);
    door.knock();
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void aMistakeInsideIsNotSaidOutside() throws Exception {
    source.answer =
        () -> {
          throw new IllegalArgumentException("a secret");
        };
    serve();
    door.knock();
    assertThat(get("/readyz").body()).isEqualTo("internal error\n");
  }

  @Test
  void theKeyIsRenewedBeforeItExpiresAndTheOldOneCleared() throws Exception {
    source.gives(TestKeys::symmetric);
    serve(alwaysDue());
    door.knock();
    door.knock();
    assertThat(source.given).hasSize(2);
    assertThatThrownBy(source.given.get(0)::octets).isInstanceOf(IllegalStateException.class);
    assertThat(source.given.get(1).octets()).isEqualTo(TestKeys.SECRET);
    assertThat(get("/readyz").statusCode()).isEqualTo(200);
  }

  @Test
  void aKeyThatIsNotDueIsNotAskedForAgain() throws Exception {
    source.gives(TestKeys::symmetric);
    serve();
    door.knock();
    door.knock();
    post("/sign", "hello");
    assertThat(source.given).hasSize(1);
  }

  @Test
  void shuttingDownClearsTheKeyAndLetsGoOfTheMachine() throws Exception {
    source.gives(TestKeys::symmetric);
    serve();
    door.knock();
    assertThat(source.given.get(0).octets()).isEqualTo(TestKeys.SECRET);
    server.close();
    assertThatThrownBy(source.given.get(0)::octets).isInstanceOf(IllegalStateException.class);
    assertThat(source.closed).isTrue();
    assertThatThrownBy(() -> get("/healthz")).isInstanceOf(IOException.class);
  }

  @Test
  void aDoorThatWasShutForGoodNeverOpensAgain() throws Exception {
    source.gives(TestKeys::symmetric);
    serve();
    door.close();
    door.knock();
    assertThat(door.closedBecause()).hasValue("shutting down");
    assertThat(door.use(ReleasedKey::keyId)).isEmpty();
  }

  @Test
  void aMessageIsReadUpToItsBound() throws Exception {
    source.gives(TestKeys::symmetric);
    serve();
    door.knock();
    assertThat(post("/sign", "a".repeat(KeyServer.MAX_MESSAGE)).statusCode()).isEqualTo(200);
    assertThat(post("/sign", "a".repeat(KeyServer.MAX_MESSAGE + 1)).statusCode()).isEqualTo(413);
  }

  @Test
  void otherPathsAndMethodsAreRefused() throws Exception {
    serve();
    assertThat(get("/signature").statusCode()).isEqualTo(404);
    assertThat(get("/sign").statusCode()).isEqualTo(405);
    assertThat(get("/sign").headers().firstValue("Allow")).hasValue("POST");
    assertThat(post("/readyz", "").statusCode()).isEqualTo(405);
  }

  @Test
  void aQuestionForTheHeadAloneHasNoBody() throws Exception {
    serve();
    HttpResponse<String> answer =
        send(request("/healthz").method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.body()).isEmpty();
  }

  /** As many callers as there are threads begin a request, and say no more. */
  @Test
  @Timeout(60)
  void callersWhoSayNothingDoNotKeepOthersWaitingForEver() throws Exception {
    source.gives(TestKeys::symmetric);
    serve();
    door.knock();
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 16; i++) {
        Socket socket = new Socket(server.address().getAddress(), server.address().getPort());
        silent.add(socket);
        String start = "POST /sign HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nab";
        socket.getOutputStream().write(start.getBytes(UTF_8));
      }
      assertThat(get("/healthz").statusCode()).isEqualTo(200);
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void theTimeOfACallerIsLimitedUnlessSomebodyHasLimitedIt() {
    String response = "sun.net.httpserver.maxRspTime";
    KeyServer.limitCallers();
    assertThat(System.getProperty("sun.net.httpserver.maxReqTime")).isEqualTo("3");
    assertThat(System.getProperty(response)).isEqualTo("10");
  }

  /** Due for renewal as soon as it is there, and far from its end. */
  private static KeyLifetime alwaysDue() {
    Duration hour = Duration.ofHours(1);
    return new KeyLifetime(hour, hour.minusNanos(1), Duration.ZERO, Duration.ZERO);
  }

  private static Matcher signed(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).isEqualTo(200);
    Matcher matcher = SIGNATURE.matcher(answer.body());
    assertThat(matcher.matches()).isTrue();
    return matcher;
  }

  private static byte[] decoded(Matcher signed) {
    return Base64.getUrlDecoder().decode(signed.group(3));
  }

  private static boolean verifies(KeyPair pair, String jcaName, String message, byte[] value)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance(jcaName);
    if (jcaName.endsWith("PSS")) {
      signature.setParameter(
          new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    }
    signature.initVerify(pair.getPublic());
    signature.update(message.getBytes(UTF_8));
    return signature.verify(value);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path).GET());
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(
        URI.create("http://127.0.0.1:" + server.address().getPort() + path));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient()
        .send(request.build(), HttpResponse.BodyHandlers.ofString(UTF_8));
  }
}

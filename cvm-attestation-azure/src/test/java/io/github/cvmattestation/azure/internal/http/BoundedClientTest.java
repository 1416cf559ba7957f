package io.github.cvmattestation.azure.internal.http;

import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.HTTP_REDIRECT;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.INPUT_LIMIT;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.Context;
import com.azure.core.util.FluxUtil;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeResponse;
import io.github.cvmattestation.testkit.FaultyServer;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the clients of the Azure SDK get to see of an answer. */
@Timeout(120)
class BoundedClientTest {
  private static final String PATH = "/asked";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final HttpLimits LIMITS = new HttpLimits(1000, PATIENCE, PATIENCE, PATIENCE);

  private FakeResponse response = FakeResponse.json("{}");
  private final FaultyServer server = FaultyServer.http(request -> response);
  private final SteppedTime time = SteppedTime.standing();
  private final BoundedClient client =
      new BoundedClient(
          new BoundedHttp(
              "test service",
              BoundedHttp.direct(PATIENCE, PATIENCE),
              LIMITS,
              new RetryRule(Set.of(503), 3, Duration.ofSeconds(1)),
              time));

  @AfterEach
  void close() {
    server.close();
  }

  private HttpRequest request() {
    return new HttpRequest(HttpMethod.GET, server.url() + PATH);
  }

  private HttpResponse ask() {
    return client.sendSync(request(), Context.NONE);
  }

  private String errorShown(String body) {
    response = FakeResponse.json(body).withStatus(400);
    HttpResponse shown = ask();
    assertThat(shown.getStatusCode()).isEqualTo(400);
    return shown.getBodyAsBinaryData().toString();
  }

  @SuppressWarnings("deprecation") // the SDK still asks for headers by their names
  @Test
  void aSuccessIsHandedOverWholeInEveryForm() {
    String json = "{\"x\":\"\u00fc\"}";
    byte[] octets = json.getBytes(UTF_8);
    response = FakeResponse.of("application/json", Bytes.of(octets)).withHeader("x-told", "so");
    HttpResponse shown = ask();
    assertThat(shown.getStatusCode()).isEqualTo(200);
    assertThat(shown.getHeaders().getValue(HttpHeaderName.fromString("x-told"))).isEqualTo("so");
    assertThat(shown.getHeaderValue("X-Told")).isEqualTo("so");
    assertThat(shown.getBodyAsBinaryData().toBytes()).isEqualTo(octets);
    assertThat(shown.getBodyAsByteArray().block()).isEqualTo(octets);
    assertThat(FluxUtil.collectBytesInByteBufferStream(shown.getBody()).block()).isEqualTo(octets);
    assertThat(shown.getBodyAsString().block()).isEqualTo(json);
    assertThat(shown.getBodyAsString(ISO_8859_1).block()).isEqualTo(new String(octets, ISO_8859_1));
    assertThat(shown.buffer()).isSameAs(shown);
  }

  @Test
  void whoDoesNotBlockGetsTheSame() {
    response = FakeResponse.json("[1]");
    HttpResponse shown = client.send(request()).block();
    assertThat(shown).isNotNull();
    assertThat(shown.getBodyAsBinaryData()).hasToString("[1]");
  }

  @Test
  void nothingIsAskedBeforeSomebodyWantsTheAnswer() {
    assertThat(client.send(request())).isNotNull();
    assertThat(server.requests()).isEmpty();
  }

  /** Key Vault's innermost code says why; the outer one says no more than the status. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'error':{'code':'Outer','message':'s3cret'}} | Outer",
        "{'error':{'code':'Outer','innererror':{'code':'Inner','x':'s3cret'}}} | Inner",
        "{'error':{'code':'Outer','innererror':null}} | Outer",
        "{'error':{'code':'Outer','innererror':'s3cret'}} | Outer"
      },
      quoteCharacter = '`')
  void ofAnErrorTheInnermostCodeAloneIsShown(String body, String code) {
    assertThat(errorShown(body.replace('\'', '"')))
        .isEqualTo("{\"error\":{\"code\":\"" + code + "\"}}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "s3cret",
        "{'code':'Outer'}",
        "{'error':'s3cret'}",
        "{'error':{'code':7}}",
        "{'error':{'code':'Outer','innererror':{}}}",
        "{'error':{'code':''}}",
        "{'error':{'code':'a s3cret'}}",
        "{'error':{'code':'x\\u000ay'}}"
      })
  void ofAnyOtherErrorNothingIsShown(String body) {
    assertThat(errorShown(body.replace('\'', '"'))).isEqualTo("{}");
  }

  @Test
  void aCodeHasAtMostSixtyFourCharacters() {
    String longest = "c".repeat(64);
    assertThat(errorShown("{\"error\":{\"code\":\"" + longest + "\"}}")).contains(longest);
    assertThat(errorShown("{\"error\":{\"code\":\"" + longest + "c\"}}")).isEqualTo("{}");
  }

  @Test
  void theBoundsAreThoseOfTheExchangeWithin() {
    server.fail(PATH, FakeFault.ENDLESS);
    assertThat(Refusals.of(this::ask).failure()).isEqualTo(INPUT_LIMIT);
    server.fail(PATH, FakeFault.REDIRECT);
    assertThat(Refusals.of(this::ask).failure()).isEqualTo(HTTP_REDIRECT);
  }

  @Test
  void theLastOfTheRepeatedAnswersIsShown() {
    server.fail(PATH, FakeFault.UNAVAILABLE);
    assertThat(ask().getStatusCode()).isEqualTo(503);
    assertThat(time.pauses()).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
  }
}

package io.github.cvmattestation.azure.internal.keyvault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What the Azure SDK throws: each with what to do next, and nothing of what it quotes. */
class VaultErrorsTest {
  private static final String SECRET = "s3cret";

  private static HttpResponse response(int status, String body) {
    return response("https://contoso.vault.azure.net", status, body);
  }

  private static HttpResponse response(String url, int status, String body) {
    HttpHeaders headers =
        new HttpHeaders().set(HttpHeaderName.fromString("x-ms-request-id"), "request-7");
    return new HttpResponse(new HttpRequest(HttpMethod.POST, url)) {
      @Override
      public int getStatusCode() {
        return status;
      }

      @Override
      @Deprecated
      public String getHeaderValue(String name) {
        return headers.getValue(HttpHeaderName.fromString(name));
      }

      @Override
      public HttpHeaders getHeaders() {
        return headers;
      }

      @Override
      public Flux<ByteBuffer> getBody() {
        return Flux.just(ByteBuffer.wrap(body.getBytes(UTF_8)));
      }

      @Override
      public Mono<byte[]> getBodyAsByteArray() {
        return Mono.just(body.getBytes(UTF_8));
      }

      @Override
      public Mono<String> getBodyAsString() {
        return Mono.just(body);
      }

      @Override
      public Mono<String> getBodyAsString(Charset charset) {
        return Mono.just(body);
      }
    };
  }

  private static AttestationException.Service told(RuntimeException failure) {
    AttestationException told = VaultErrors.of(failure);
    assertThat(told).isInstanceOf(AttestationException.Service.class).hasNoCause();
    assertThat(told.toString()).doesNotContain(SECRET);
    return (AttestationException.Service) told;
  }

  @Test
  void whatIsInOurWordsAlreadyStaysAsItIs() {
    AttestationException known = new AttestationException.Configuration("a mistake", "mend it");
    assertThat(VaultErrors.of(known)).isSameAs(known);
  }

  @Test
  void aCredentialThatGivesNoTokenIsNamedAsTheCause() {
    AttestationException.Service told = told(new ClientAuthenticationException(SECRET, null));
    assertThat(told.failure()).isEqualTo(Failure.UNREACHABLE);
    assertThat(told.remedy()).contains("credential");
    assertThat(told.status()).isZero();
  }

  @Test
  void whateverElseBreaksWithoutAnAnswerIsMalformed() {
    for (RuntimeException failure :
        new RuntimeException[] {
          new IllegalStateException(SECRET), new HttpResponseException(SECRET, null)
        }) {
      AttestationException.Service told = told(failure);
      assertThat(told.failure()).isEqualTo(Failure.ANSWER_MALFORMED);
      assertThat(told.remedy()).isNotBlank().doesNotContain("credential");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "200, ANSWER_MALFORMED, vault can be reached",
    "299, ANSWER_MALFORMED, vault can be reached",
    "300, HTTP_STATUS, vault can be reached",
    "400, HTTP_STATUS, exportable",
    "401, HTTP_STATUS, tenant",
    "403, HTTP_STATUS, firewall",
    "404, HTTP_STATUS, name and version",
    "429, ENDPOINT_THROTTLED, ask less often",
    "500, HTTP_STATUS, try again later"
  })
  void anAnswerIsToldByItsStatus(int status, Failure failure, String remedy) {
    HttpResponse response = response(status, "{\"error\":{\"code\":\"Said\"}}");
    AttestationException.Service told = told(new HttpResponseException(SECRET, response));
    assertThat(told.failure()).isEqualTo(failure);
    assertThat(told.status()).isEqualTo(status);
    assertThat(told.remedy()).contains(remedy);
    assertThat(told.serviceCode()).isEqualTo("Said");
    assertThat(told.requestId()).isEqualTo("request-7");
  }

  @Test
  void anAnswerToACredentialIsToldByItsStatusAsWell() {
    RuntimeException failure = new ClientAuthenticationException(SECRET, response(401, "{}"));
    assertThat(told(failure).failure()).isEqualTo(Failure.HTTP_STATUS);
    assertThat(told(failure).serviceCode()).isEmpty();
  }

  /** Who gives the credential its tokens is not the vault, and its no is not the vault's. */
  @ParameterizedTest
  @CsvSource({
    "https://login.microsoftonline.com/tenant/oauth2/v2.0/token, 400",
    "https://login.microsoftonline.com/tenant/oauth2/v2.0/token, 403",
    "http://169.254.169.254/metadata/identity/oauth2/token, 403",
    "https://contoso.vault.azure.net.evil.example/keys, 403"
  })
  void whatTheCredentialIsToldIsNotTheVaultsAnswer(String url, int status) {
    for (HttpResponseException failure :
        new HttpResponseException[] {
          new ClientAuthenticationException(SECRET, response(url, status, "{}")),
          new HttpResponseException(SECRET, response(url, status, "{}"))
        }) {
      assertThat(VaultErrors.isDenial(failure)).isFalse();
      assertThat(told(failure).failure()).isEqualTo(Failure.UNREACHABLE);
      assertThat(told(failure).status()).isZero();
      assertThat(told(failure).remedy()).contains("credential");
    }
  }

  @Test
  void theVaultsOwnNoIsADenial() {
    assertThat(VaultErrors.isDenial(new HttpResponseException(SECRET, response(403, "{}"))))
        .isTrue();
    assertThat(VaultErrors.isDenial(new HttpResponseException(SECRET, response(401, "{}"))))
        .isFalse();
    assertThat(VaultErrors.isDenial(new HttpResponseException(SECRET, null))).isFalse();
  }

  @Test
  void aSuccessThatIsNoneIsMalformed() {
    assertThat(VaultErrors.malformed().failure()).isEqualTo(Failure.ANSWER_MALFORMED);
    assertThat(VaultErrors.malformed().remedy()).isNotBlank();
  }
}

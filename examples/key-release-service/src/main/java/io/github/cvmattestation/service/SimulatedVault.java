package io.github.cvmattestation.service;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.Context;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.azure.ReleasePolicy;
import io.github.cvmattestation.testkit.FakeKeyVault;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import reactor.core.publisher.Mono;

/** Finds the host that a fake vault plays at the port where it answers, as a DNS entry would. */
final class SimulatedVault implements HttpClient {
  private static final OffsetDateTime LATE =
      OffsetDateTime.of(2999, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

  private final FakeKeyVault vault;
  private final HttpClient client;

  SimulatedVault(FakeKeyVault vault) {
    this.vault = vault;
    client =
        new JdkHttpClientBuilder(
                java.net.http.HttpClient.newBuilder().sslContext(vault.clientContext()))
            .build();
  }

  /** A credential of nobody in particular. */
  static TokenCredential credential() {
    return context -> Mono.just(new AccessToken("simulated", LATE));
  }

  /** Whether a policy lets a key go to a token, as the published grammar has it. */
  static boolean permits(Bytes policy, String token) {
    try {
      byte[] claims =
          Base64.getUrlDecoder()
              .decode(token.substring(token.indexOf('.') + 1, token.lastIndexOf('.')));
      return ReleasePolicy.parse(policy).evaluate(Bytes.of(claims)).isReleased();
    } catch (MalformedException | RuntimeException e) {
      return false;
    }
  }

  @Override
  public Mono<HttpResponse> send(HttpRequest request) {
    return client.send(local(request));
  }

  @Override
  public Mono<HttpResponse> send(HttpRequest request, Context context) {
    return client.send(local(request), context);
  }

  @Override
  public HttpResponse sendSync(HttpRequest request, Context context) {
    return client.sendSync(local(request), context);
  }

  private HttpRequest local(HttpRequest request) {
    String url = request.getUrl().toString();
    return request.copy().setUrl(url.replace(vault.vaultUrl(), vault.server().url()));
  }
}

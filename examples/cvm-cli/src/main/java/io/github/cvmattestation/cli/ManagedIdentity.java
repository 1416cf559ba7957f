package io.github.cvmattestation.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import java.net.URI;
import java.net.URLEncoder;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import reactor.core.publisher.Mono;

/**
 * The managed identity of the VM, as its metadata service vouches for it. A program of its own uses
 * azure-identity; for a command that starts in a fraction of a second that would be too much.
 *
 * @param imds scheme and authority
 */
record ManagedIdentity(Web web, String imds) implements TokenCredential {
  /** Without it the service answers nothing. */
  static final Map<String, String> HEADERS = Map.of("Metadata", "true");

  private static final int OK = 200;
  private static final String SUFFIX = "/.default";

  /** Where there is a token for a vault. */
  static String path(String vaultUrl) {
    String host = String.valueOf(URI.create(vaultUrl).getHost()).toLowerCase(Locale.ROOT);
    return pathOf("https://" + host.substring(host.indexOf('.') + 1));
  }

  static boolean hasToken(Bytes answer) {
    return JsonTree.of(answer).text("access_token").filter(text -> !text.isEmpty()).isPresent();
  }

  private static String pathOf(String resource) {
    return "/metadata/identity/oauth2/token?api-version=2018-02-01&resource="
        + URLEncoder.encode(resource, UTF_8);
  }

  @Override
  public Mono<AccessToken> getToken(TokenRequestContext request) {
    return Mono.fromSupplier(() -> getTokenSync(request));
  }

  @Override
  public AccessToken getTokenSync(TokenRequestContext request) {
    String scope = request.getScopes().get(0);
    String resource =
        scope.endsWith(SUFFIX) ? scope.substring(0, scope.length() - SUFFIX.length()) : scope;
    Optional<Web.Answer> answer = web.get(imds + pathOf(resource), HEADERS);
    return answer
        .filter(given -> given.status() == OK)
        .flatMap(given -> token(JsonTree.of(given.body())))
        .orElseThrow(
            () ->
                new AttestationException.Configuration(
                    "no token for this VM's managed identity",
                    "see what cvm doctor says of imds and identity"));
  }

  private static Optional<AccessToken> token(JsonTree answer) {
    Optional<String> token = answer.text("access_token").filter(text -> !text.isEmpty());
    Optional<Instant> end =
        answer
            .text("expires_on")
            .filter(text -> text.matches("[0-9]{1,11}"))
            .map(text -> Instant.ofEpochSecond(Long.parseLong(text)));
    return token.flatMap(
        text -> end.map(at -> new AccessToken(text, OffsetDateTime.ofInstant(at, ZoneOffset.UTC))));
  }
}

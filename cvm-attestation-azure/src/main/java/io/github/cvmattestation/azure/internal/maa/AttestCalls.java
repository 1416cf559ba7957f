package io.github.cvmattestation.azure.internal.maa;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.HttpAnswer;
import io.github.cvmattestation.azure.internal.http.HttpLimits;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.http.RetryRule;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Set;

/** The calls to {@code /attest} of one provider (Azure Attestation REST API, Attestation). */
public final class AttestCalls {
  /** How long a connection may take to come about. */
  public static final Duration CONNECT = Duration.ofSeconds(5);

  /** How long the provider may think before it answers. */
  public static final Duration READ = Duration.ofSeconds(30);

  /** How long a token may take, all tries together. */
  public static final Duration DEADLINE = Duration.ofSeconds(150);

  private static final String SERVICE = "Azure Attestation";

  /** A token of 64 KiB, encrypted and in base64 twice. */
  private static final int MAX_ANSWER = 256 << 10;

  /** As Microsoft's clients: 5, 10 and 20 seconds apart. */
  private static final RetryRule RETRIES =
      new RetryRule(Set.of(408, 429, 500, 502, 503, 504), 4, Duration.ofSeconds(5));

  private static final int BAD_REQUEST = 400;
  private static final int NOT_FOUND = 404;

  private final String url;
  private final String apiVersion;
  private final BoundedHttp http;

  /**
   * @param url of the provider, without a slash at the end
   * @param apiVersion of its REST API
   * @param deadline how long all tries of one call may take together
   */
  public AttestCalls(
      String url, String apiVersion, HttpClient client, Duration deadline, HttpTime time) {
    this.url = url;
    this.apiVersion = apiVersion;
    http =
        new BoundedHttp(
            SERVICE, client, new HttpLimits(MAX_ANSWER, CONNECT, READ, deadline), RETRIES, time);
  }

  /**
   * {@code /attest/AzureGuest}.
   *
   * @param statement AttestationInfo, JSON
   * @param key the answer is sealed to it
   */
  public AttestationToken guest(Bytes statement, GuestKey key) {
    String body = "{\"AttestationInfo\":\"" + base64Url(statement) + "\"}";
    HttpAnswer answer = post("AzureGuest", body);
    return SealedToken.open(token(answer), key).orElseThrow(() -> unopened(answer));
  }

  /**
   * {@code /attest/SevSnpVm} or {@code /attest/TdxVm}.
   *
   * @param kind the last part of the path
   * @param body the request, JSON
   */
  public AttestationToken hardware(String kind, String body) {
    HttpAnswer answer = post(kind, body);
    try {
      return AttestationToken.parse(token(answer));
    } catch (MalformedException e) {
      throw http.malformed(answer);
    }
  }

  private HttpAnswer post(String kind, String body) {
    try {
      return http.post(
          url + "/attest/" + kind + "?api-version=" + apiVersion,
          Map.of("Content-Type", "application/json", "Accept", "application/json"),
          Bytes.of(body.getBytes(UTF_8)));
    } catch (AttestationException.Service e) {
      throw explained(e);
    }
  }

  /** The same with a remedy that knows what was asked. */
  private static AttestationException.Service explained(AttestationException.Service e) {
    return switch (e.status()) {
      case BAD_REQUEST ->
          with(
              e,
              "the evidence was refused, and will be again: check Secure Boot, the firmware and"
                  + " boot log of this machine, and the provider's policy");
      case NOT_FOUND -> with(e, "check the provider's address and the version of its API");
      default -> e;
    };
  }

  private static AttestationException.Service with(AttestationException.Service e, String remedy) {
    return new AttestationException.Service(
        SERVICE, e.failure(), e.status(), e.requestId(), e.serviceCode(), remedy);
  }

  private String token(HttpAnswer answer) {
    try {
      return StrictJson.parse("answer", answer.body(), MAX_ANSWER)
          .asObject()
          .require("token")
          .asString();
    } catch (MalformedException e) {
      throw http.malformed(answer);
    }
  }

  private AttestationException.Service unopened(HttpAnswer answer) {
    AttestationException.Service malformed = http.malformed(answer);
    return new AttestationException.Service(
        SERVICE,
        Failure.ANSWER_MALFORMED,
        answer.status(),
        malformed.requestId(),
        "",
        "make a new key and try again: this one opens nothing once a PCR has changed");
  }

  /** The alphabet and form of the REST API's members. */
  static String base64Url(Bytes octets) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets.toArray());
  }
}

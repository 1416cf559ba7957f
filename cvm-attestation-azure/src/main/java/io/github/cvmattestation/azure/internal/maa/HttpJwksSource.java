package io.github.cvmattestation.azure.internal.maa;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.HttpLimits;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.http.RetryRule;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** An issuer's own {@code /certs}, over TLS (Azure Attestation REST API, Signing Certificates). */
public final class HttpJwksSource implements JwksSource {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration READ = Duration.ofSeconds(5);

  /** Whoever has sent a token waits for this, and others who wait for the same keys. */
  static final Duration DEADLINE = Duration.ofSeconds(20);

  private static final int TRIES = 3;
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Set<Integer> TRANSIENT = Set.of(408, 429, 500, 502, 503, 504);

  private final BoundedHttp http;

  HttpJwksSource(HttpClient client, Duration read, HttpTime time) {
    http =
        new BoundedHttp(
            MaaKeys.SERVICE,
            client,
            new HttpLimits(Jwks.MAX_SIZE, CONNECT, read, DEADLINE),
            new RetryRule(TRANSIENT, TRIES, FIRST_PAUSE),
            time);
  }

  /** Over {@code client}, or over one of the JDK without proxy. */
  public static JwksSource over(@Nullable HttpClient client, HttpTime time) {
    HttpClient chosen = client == null ? BoundedHttp.direct(CONNECT, READ) : client;
    return new HttpJwksSource(chosen, READ, time);
  }

  @Override
  public Bytes fetch(String issuer) {
    return http.get(issuer + "/certs", Map.of("Accept", "application/jwk+json, application/json"))
        .body();
  }
}

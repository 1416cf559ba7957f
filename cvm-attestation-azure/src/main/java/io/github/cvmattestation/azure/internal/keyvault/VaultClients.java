package io.github.cvmattestation.azure.internal.keyvault;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.policy.BearerTokenAuthenticationPolicy;
import com.azure.core.http.policy.FixedDelayOptions;
import com.azure.core.http.policy.RetryOptions;
import com.azure.core.util.Configuration;
import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.KeyClientBuilder;
import io.github.cvmattestation.azure.internal.http.BoundedClient;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.HttpLimits;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.http.RetryRule;
import java.time.Duration;
import java.util.Set;

/** The Azure SDK's client of one vault, over connections with bounds. */
public final class VaultClients {
  /** A JWS of 128 KiB at most, and the little around it. */
  private static final int MAX_BODY = 160 << 10;

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration READ = Duration.ofSeconds(30);
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final HttpLimits LIMITS = new HttpLimits(MAX_BODY, CONNECT, READ, DEADLINE);

  /** What the service asks to try again (Key Vault throttling guidance); 1, 2, 4 seconds apart. */
  private static final RetryRule RETRIES =
      new RetryRule(Set.of(429, 500, 502, 503, 504), 4, Duration.ofSeconds(1));

  private static final RetryOptions RETRIED_BELOW =
      new RetryOptions(new FixedDelayOptions(0, Duration.ofMillis(1)));

  private VaultClients() {}

  /** The JDK's HTTP client, directly: no proxy, no redirects. */
  public static HttpClient direct() {
    return BoundedHttp.direct(CONNECT, READ);
  }

  /**
   * A client.
   *
   * @param host from {@link VaultHost}
   * @param http who speaks HTTP, such as {@link #direct}
   */
  public static KeyClient client(
      String host, TokenCredential credential, HttpClient http, HttpTime time) {
    return new KeyClientBuilder()
        .vaultUrl("https://" + host)
        .credential(credential)
        .httpClient(bounded(http, time))
        .retryOptions(RETRIED_BELOW)
        .configuration(Configuration.NONE)
        .addPolicy(new NewestVersion())
        .buildClient();
  }

  /**
   * A pipeline for what the SDK's client does not know. Its access tokens are for the service that
   * the host's name belongs to: no answer says whom else to get one for.
   *
   * @param host from {@link VaultHost}
   */
  public static HttpPipeline pipeline(
      String host, TokenCredential credential, HttpClient http, HttpTime time) {
    String scope = "https://" + VaultHost.audience(host) + "/.default";
    return new HttpPipelineBuilder()
        .policies(new BearerTokenAuthenticationPolicy(credential, scope))
        .httpClient(bounded(http, time))
        .build();
  }

  private static HttpClient bounded(HttpClient http, HttpTime time) {
    return new BoundedClient(new BoundedHttp("Key Vault", http, LIMITS, RETRIES, time));
  }
}

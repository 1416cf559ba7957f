package io.github.cvmattestation.azure.internal.maa;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.http.Refusals;
import io.github.cvmattestation.azure.internal.http.SteppedTime;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeResponse;
import io.github.cvmattestation.testkit.FaultyServer;
import io.github.cvmattestation.testkit.JwksWriter;
import io.github.cvmattestation.testkit.RsaSigningKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How often an issuer is asked for its keys that does not give them. */
@Timeout(120)
class JwksFaultTest {
  private static final String CERTS = "/certs";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final HttpClient CLIENT = BoundedHttp.direct(PATIENCE, PATIENCE);
  private static final RsaSigningKey KEY = RsaSigningKey.of(2048, "issuer");
  private static final Bytes JWKS = new JwksWriter().key("one", KEY).json();

  private final FaultyServer server =
      FaultyServer.http(
          request ->
              request.path().equals(CERTS)
                  ? FakeResponse.of("application/jwk+json", JWKS)
                  : FakeResponse.json("[]"));

  private Instant now = Instant.parse("2026-06-01T00:00:00Z");

  @AfterEach
  void close() {
    server.close();
  }

  private MaaKeys keys(JwksSource source) {
    return new MaaKeys(
        Set.of(server.url()),
        source,
        SignatureBackends.bouncyCastle(),
        () -> now,
        new MaaKeys.Ages(Duration.ofHours(1), Duration.ZERO));
  }

  /** What it leaves is in the matrix of all services. */
  @Test
  void anIssuerThatFailedIsNotAskedAgainAtOnce() throws RefutedException {
    server.fail(CERTS, FakeFault.GONE);
    MaaKeys keys = keys(new HttpJwksSource(CLIENT, PATIENCE, SteppedTime.standing()));
    for (int i = 0; i < 2; i++) {
      assertThat(Refusals.of(() -> find(keys)).status()).isEqualTo(410);
      assertThat(server.requestsTo(CERTS)).isEqualTo(1);
    }
    server.heal();
    now = now.plus(MaaKeys.PAUSE_AFTER_FAILURE);
    find(keys);
  }

  private void find(MaaKeys keys) throws RefutedException {
    assertThat(keys.find(server.url(), "one", JwsAlgorithm.RS256).info().der())
        .isEqualTo(KEY.subjectPublicKeyInfo());
  }

  @Test
  void anIssuerIsAskedForNothingButItsCerts() throws RefutedException {
    find(keys(HttpJwksSource.over(null, HttpTime.system())));
    assertThat(server.requests()).hasSize(1);
    assertThat(server.requestsTo(CERTS)).isEqualTo(1);
  }

  @Test
  void aPassingFaultIsWaitedOut() throws RefutedException {
    server.fail(CERTS, FakeFault.UNAVAILABLE, 2);
    SteppedTime time = SteppedTime.standing();
    find(keys(new HttpJwksSource(CLIENT, PATIENCE, time)));
    assertThat(server.requestsTo(CERTS)).isEqualTo(3);
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(3));
  }
}

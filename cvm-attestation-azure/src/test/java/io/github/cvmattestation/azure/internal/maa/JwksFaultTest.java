package io.github.cvmattestation.azure.internal.maa;

import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.ANSWER_MALFORMED;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.DEADLINE;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.ENDPOINT_THROTTLED;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.HTTP_REDIRECT;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.HTTP_STATUS;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.INPUT_LIMIT;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.TRUNCATED;
import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.UNREACHABLE;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.Refusals;
import io.github.cvmattestation.azure.internal.http.SteppedTime;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeResponse;
import io.github.cvmattestation.testkit.FaultyServer;
import io.github.cvmattestation.testkit.JwksWriter;
import io.github.cvmattestation.testkit.RsaSigningKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each fault of an issuer's /certs, and what is left of it once the issuer is well again. */
@Timeout(120)
class JwksFaultTest {
  private static final String CERTS = "/certs";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration BLINK = Duration.ofMillis(50);
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

  private static Optional<Failure> expected(FakeFault fault) {
    return switch (fault) {
      case THROTTLED, THROTTLED_RETRY_AFTER -> Optional.of(ENDPOINT_THROTTLED);
      case NOT_FOUND, GONE, INTERNAL_ERROR, UNAVAILABLE -> Optional.of(HTTP_STATUS);
      case RESET -> Optional.of(UNREACHABLE);
      case HANG, DRIP -> Optional.of(DEADLINE);
      case TRUNCATED -> Optional.of(TRUNCATED);
      case REDIRECT -> Optional.of(HTTP_REDIRECT);
      case GZIP_BOMB, ENDLESS -> Optional.of(INPUT_LIMIT);
      case GARBAGE, HTML, WRONG_LENGTH, SWAPPED_BODY -> Optional.of(ANSWER_MALFORMED);
      // The keys of the last time are the keys: an issuer's answer carries no date.
      case STALE_BODY -> Optional.empty();
    };
  }

  @ParameterizedTest
  @EnumSource(FakeFault.class)
  void everyFaultHasItsOutcomeInTimeAndPoisonsNothing(FakeFault fault) throws RefutedException {
    boolean hangs = fault == FakeFault.HANG;
    HttpClient client = BoundedHttp.direct(PATIENCE, hangs ? BLINK : PATIENCE);
    SteppedTime time = SteppedTime.passing(Duration.ofMillis(100));
    JwksSource source = new HttpJwksSource(client, hangs ? BLINK : PATIENCE, time);
    MaaKeys keys = keys(source);
    source.fetch(server.url());
    source.fetch(server.url() + "/other"); // so that another path has an answer
    server.fail(CERTS, fault);
    Instant before = time.now();
    Optional<Failure> expected = expected(fault);
    if (expected.isPresent()) {
      assertThat(Refusals.of(() -> find(keys)).failure()).isEqualTo(expected.get());
      int asked = server.requestsTo(CERTS);
      assertThat(Refusals.of(() -> find(keys)).failure()).isEqualTo(expected.get());
      assertThat(server.requestsTo(CERTS)).as("asked again at once").isEqualTo(asked);
    } else {
      find(keys);
    }
    assertThat(Duration.between(before, time.now()))
        .isLessThanOrEqualTo(HttpJwksSource.DEADLINE.plusSeconds(1));
    server.heal();
    now = now.plus(MaaKeys.PAUSE);
    find(keys);
    server.awaitNoClient();
  }

  private void find(MaaKeys keys) throws RefutedException {
    assertThat(keys.find(server.url(), "one", JwsAlgorithm.RS256).info().der())
        .isEqualTo(KEY.subjectPublicKeyInfo());
  }

  @Test
  void anIssuerIsAskedForNothingButItsCerts() throws RefutedException {
    find(keys(HttpJwksSource.over(null)));
    assertThat(server.requests()).hasSize(1);
    assertThat(server.requestsTo(CERTS)).isEqualTo(1);
  }

  @Test
  void aPassingFaultIsWaitedOut() throws RefutedException {
    server.fail(CERTS, FakeFault.UNAVAILABLE, 2);
    HttpClient client = BoundedHttp.direct(PATIENCE, PATIENCE);
    SteppedTime time = SteppedTime.standing();
    find(keys(new HttpJwksSource(client, PATIENCE, time)));
    assertThat(server.requestsTo(CERTS)).isEqualTo(3);
    assertThat(time.elapsed()).isEqualTo(Duration.ofSeconds(3));
  }
}

package io.github.cvmattestation.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Room;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.release.KeyCache;
import io.github.cvmattestation.attestation.release.KeyLifetime;
import io.github.cvmattestation.attestation.release.KeyReleaser.Release;
import io.github.cvmattestation.attestation.release.KeyUnwrapper;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import io.github.cvmattestation.attestation.release.Unwrapping;
import io.github.cvmattestation.testkit.FakeKeyVault;
import io.github.cvmattestation.testkit.FaultyServer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** A vault that releases a key into a cache; its stale answer is to an earlier request. */
final class ReleaseScene implements FaultScene {
  private static final Bytes POLICY = Bytes.of("{\"version\":\"1.0.0\"}".getBytes(UTF_8));
  private static final String KEY = "disk-key";
  private static final String OTHER_KEY = "other-key";
  private static final Bytes SECRET = Bytes.ofHex("00112233445566778899aabbccddeeff".repeat(2));

  // A vault's certificate holds in the real time, in which the JDK checks it.
  private final Instant at = Instant.now();
  private final FakeKeyVault vault = FakeKeyVault.start("contoso.vault.azure.net", at);
  private final HttpClient client = new VaultClient(vault);
  private final SoftGuest guest = new SoftGuest();

  ReleaseScene() {
    vault.addOct(KEY, SECRET, POLICY);
    vault.addOct(OTHER_KEY, Bytes.ofHex("ff".repeat(32)), POLICY);
  }

  private KeyVaultReleaser releaser(HttpClient http, FaultTime time) {
    return KeyVaultReleaser.builder(vault.vaultUrl(), VaultClient.credential())
        .trustedRoots(List.of(vault.root()))
        .httpClient(http)
        .clock(() -> at)
        .time(time)
        .build();
  }

  @Override
  public FaultyServer server() {
    return vault.server();
  }

  @Override
  public String path() {
    return "/keys/" + KEY + "/release";
  }

  @Override
  public Duration deadline() {
    return Duration.ofSeconds(60);
  }

  @Override
  public HttpClient client() {
    return client;
  }

  @Override
  public void prime() {
    KeyVaultReleaser releaser = releaser(client, new FaultTime(at));
    releaser.release(KEY, guest.token());
    releaser.release(OTHER_KEY, guest.token());
  }

  @Override
  public Asker asker(HttpClient http, FaultTime time) {
    KeyVaultReleaser releaser = releaser(http, time);
    KeyCache cache =
        new KeyCache(
            name -> attempt(releaser.release(name, guest.token())),
            KeyLifetime.of(Duration.ofHours(1)));
    return new Asker() {
      @Override
      public String ask() {
        Attempt<KeyCache.Lease> attempt = cache.lease(KEY);
        if (attempt instanceof Attempt.Denied<KeyCache.Lease> denied) {
          return FaultScene.codes(denied.findings());
        }
        try (KeyCache.Lease lease = attempt.orThrow()) {
          assertThat(lease.key().octets()).isEqualTo(SECRET.toArray());
          return RIGHT;
        }
      }

      @Override
      public void close() {
        cache.close();
      }
    };
  }

  private Attempt<ReleasedKey> attempt(Release release) {
    if (release instanceof Release.Refused refused) {
      return new Attempt.Denied<>(Room.RELEASE, refused.findings());
    }
    Unwrapping unwrapping =
        new KeyUnwrapper(SignatureBackends.bouncyCastle())
            .unwrap(guest, ((Release.Released) release).key());
    return new Attempt.Granted<>(((Unwrapping.Unwrapped) unwrapping).key());
  }

  @Override
  public void close() {
    vault.close();
  }
}

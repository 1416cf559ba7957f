package io.github.cvmattestation.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.release.KeyCache;
import io.github.cvmattestation.attestation.release.KeyLifetime;
import io.github.cvmattestation.attestation.release.KeyReleaser.Release;
import io.github.cvmattestation.attestation.release.KeyUnwrapper;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import io.github.cvmattestation.attestation.release.Unwrapping;
import io.github.cvmattestation.attestation.release.WrapAlgorithm;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeKeyVault;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys from a vault over TLS: released, refused, or not to be had, and each said as what it is. */
class KeyVaultReleaserTest {
  private static final Bytes POLICY = Bytes.of("{\"version\":\"1.0.0\"}".getBytes(UTF_8));
  private static final String RELEASE = "/keys/disk-key/release";
  private static final Bytes SECRET =
      Bytes.ofHex("00112233445566778899aabbccddeeff00112233445566778899aabbccddee00");

  private static final SoftGuest GUEST = new SoftGuest();
  private static FakeKeyVault vault;
  private static VaultClient client;

  private final Steps time = new Steps();

  /** Time that passes when somebody waits, and never otherwise. */
  private static final class Steps implements HttpTime {
    private Instant now = Instant.now();
    private Duration waited = Duration.ZERO;

    @Override
    public RandomGenerator chance() {
      return () -> 0;
    }

    @Override
    public synchronized Instant now() {
      return now;
    }

    @Override
    public synchronized void pause(Duration pause) {
      now = now.plus(pause);
      waited = waited.plus(pause);
    }
  }

  @BeforeAll
  static void start() {
    vault = FakeKeyVault.start("contoso.vault.azure.net", Instant.now());
    client = new VaultClient(vault);
    vault.addOct("disk-key", SECRET, POLICY);
  }

  @AfterAll
  static void stop() {
    vault.close();
  }

  @BeforeEach
  void healthy() {
    vault.server().heal();
    vault.policyCheck((policy, token) -> true).onRelease(answer -> answer);
  }

  @ParameterizedTest
  @EnumSource(WrapAlgorithm.class)
  void aKeyIsReleasedVerifiedAndUnwrapped(WrapAlgorithm algorithm) {
    Release release =
        releaser().wrapAlgorithm(algorithm).build().release("disk-key", GUEST.token());
    try (ReleasedKey key = unwrapped(release)) {
      assertThat(key.octets()).isEqualTo(SECRET.toArray());
    }
  }

  @Test
  void keyPairsAreReleasedAndProven() {
    vault.addRsa("signing", POLICY);
    vault.addEc("tls", "P-256", POLICY);
    vault.addEc("tls-384", "P-384", POLICY);
    try (ReleasedKey rsa = unwrapped(release("signing"));
        ReleasedKey ec = unwrapped(release("tls"));
        ReleasedKey ec384 = unwrapped(release("tls-384"))) {
      assertThat(rsa.asPrivateKey()).isInstanceOf(RSAPrivateKey.class);
      assertThat(ec.asPrivateKey()).isInstanceOf(ECPrivateKey.class);
      assertThat(ec384.asPrivateKey()).isInstanceOf(ECPrivateKey.class);
    }
  }

  @Test
  void theNewestVersionIsReleasedUnlessOneIsNamed() {
    String first = vault.addOct("versioned", Bytes.of((byte) 1), POLICY);
    String second = vault.addOct("versioned", Bytes.of((byte) 2), POLICY);
    try (ReleasedKey newest = unwrapped(release("versioned"));
        ReleasedKey older =
            unwrapped(release("versioned" + first.substring(first.lastIndexOf('/'))))) {
      assertThat(newest.keyId()).isEqualTo(second);
      assertThat(newest.octets()).containsExactly(2);
      assertThat(older.keyId()).isEqualTo(first);
      assertThat(older.octets()).containsExactly(1);
    }
  }

  @Test
  void anAnswerThatIsPlayedAgainIsRefused() {
    unwrapped(release("disk-key")).close();
    vault.server().fail(RELEASE, FakeFault.STALE_BODY);
    assertThat(codes(release("disk-key"))).containsExactly("SKR_NONCE");
  }

  @Test
  void aLieInTheAnswerIsRefused() {
    vault.onRelease(answer -> answer.attribute("enabled", "false"));
    assertThat(codes(release("disk-key"))).containsExactly("SKR_KEY_STATE");
  }

  @Test
  void aVaultThatTheRuntimeDoesNotTrustIsRefused() {
    Release release =
        KeyVaultReleaser.builder(vault.vaultUrl(), VaultClient.credential())
            .httpClient(client)
            .build()
            .release("disk-key", GUEST.token());
    assertThat(codes(release)).containsExactly("SKR_SIGNATURE");
  }

  @Test
  void theReleasePolicyIsTheOneDemanded() {
    KeyVaultReleaser demanding = releaser().requirePolicyHash(Digests.sha256(POLICY)).build();
    unwrapped(demanding.release("disk-key", GUEST.token())).close();
    KeyVaultReleaser other = releaser().requirePolicyHash(Digests.sha256(SECRET)).build();
    assertThat(codes(other.release("disk-key", GUEST.token()))).containsExactly("SKR_POLICY");
  }

  @Test
  void answersAreVerifiedAsOfTheClockThatIsGiven() {
    Instant later = Instant.now().plus(Duration.ofDays(365));
    Release release = releaser().clock(() -> later).build().release("disk-key", GUEST.token());
    assertThat(codes(release)).containsExactly("SKR_CHAIN");
  }

  @Test
  void aPolicyThatIsNotMetIsARefusalWithTheVaultsCode() {
    vault.policyCheck((policy, token) -> false);
    Release.Refused refused = (Release.Refused) release("disk-key");
    assertThat(refused.findings()).hasSize(1);
    assertThat(refused.findings().get(0).code()).isEqualTo(ReleaseFinding.RELEASE_DENIED);
    assertThat(refused.findings().get(0).actual()).isEqualTo("HTTP 403, ForbiddenByPolicy");
  }

  @Test
  void whoExplainsARefusalIsAsked() {
    vault.policyCheck((policy, token) -> false);
    Finding why = Finding.of(AzureFinding.AZURE_SECURE_BOOT, "on", "off");
    Release release =
        releaser()
            .explainer((name, token) -> name.equals("disk-key") ? List.of(why) : List.of())
            .build()
            .release("disk-key", GUEST.token());
    assertThat(codes(release)).containsExactly("RELEASE_DENIED", "AZURE_SECURE_BOOT");
  }

  @Test
  void theClauseThatKeepsTheKeyIsNamed() {
    vault.policyCheck((policy, token) -> false);
    ReleasePolicy policy =
        ReleasePolicy.anyOf(
            ReleasePolicy.Branch.allOf(
                "https://issuer.example", ReleaseCondition.equal("secureboot", true)));
    Release.Refused refused =
        (Release.Refused)
            releaser().requirePolicy(policy).build().release("disk-key", GUEST.token());
    assertThat(refused.findings().get(1).code()).isEqualTo(ReleaseFinding.RELEASE_DENIED);
    assertThat(refused.findings().get(1).expected())
        .isEqualTo("anyOf[0].authority: iss equals \"https://issuer.example\"");
  }

  @Test
  void aKeyThatIsNotThereIsAnException() {
    AttestationException.Service failure = failure("no-such-key");
    assertThat(failure.failure()).isEqualTo(AttestationException.Service.Failure.HTTP_STATUS);
    assertThat(failure.status()).isEqualTo(404);
    assertThat(failure.serviceCode()).isEqualTo("KeyNotFound");
    assertThat(failure.requestId()).isEqualTo("fake-vault-request");
    assertThat(failure.remedy()).contains("name and version");
  }

  @ParameterizedTest
  @CsvSource({
    "THROTTLED, 7",
    "THROTTLED_RETRY_AFTER, 21",
    "INTERNAL_ERROR, 7",
    "UNAVAILABLE, 7",
    "GONE, 0"
  })
  void aVaultIsAskedAgainAfterAsLongAsItSays(FakeFault fault, int seconds) {
    release("disk-key"); // from now on the vault is known, and meets no challenge first
    vault.server().fail(RELEASE, fault);
    failure("disk-key");
    assertThat(time.waited).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void oneReleaseServesAThousandCallers() throws Exception {
    int before = vault.releases();
    KeyVaultReleaser releaser = releaser().build();
    CountDownLatch arrived = new CountDownLatch(1000);
    ExecutorService threads = Executors.newFixedThreadPool(1000);
    KeyCache.Loader loader =
        name -> {
          try {
            arrived.await();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return new Attempt.Granted<>(unwrapped(releaser.release(name, GUEST.token())));
        };
    try (KeyCache cache = new KeyCache(loader, KeyLifetime.of(Duration.ofHours(1)))) {
      List<Future<Byte>> answers = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        answers.add(
            threads.submit(
                () -> {
                  arrived.countDown();
                  try (KeyCache.Lease lease = cache.lease("disk-key").orThrow()) {
                    return lease.key().octets()[1];
                  }
                }));
      }
      for (Future<Byte> answer : answers) {
        assertThat(answer.get()).isEqualTo((byte) 0x11);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(vault.releases() - before).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://contoso.vault.azure.net",
        "https:contoso.vault.azure.net",
        "mailto:contoso.vault.azure.net",
        "https://contoso.vault.azure.net.evil.example",
        "https://evil.example/contoso.vault.azure.net",
        "https://contoso.vault.azure.net@evil.example",
        "https://user@contoso.vault.azure.net",
        "https://a.b.vault.azure.net",
        "https://.vault.azure.net",
        "https://vault.azure.net",
        "https://contosovault.azure.net",
        "https://contoso.vault.azure.net:8443",
        "https://contoso.vault.azure.net/keys",
        "https://contoso.vault.azure.net?x",
        "https://contoso.vault.azure.net#x",
        "contoso.vault.azure.net",
        "https://contoso_1.vault.azure.net",
        "not a url",
        ""
      })
  void whatIsNoVaultIsNotAsked(String url) {
    assertThatThrownBy(() -> KeyVaultReleaser.builder(url, VaultClient.credential()))
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageNotContaining("evil");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://contoso.vault.azure.net",
        "https://contoso.vault.azure.net/",
        "https://Contoso.Vault.Azure.Net:443",
        "https://contoso.managedhsm.azure.net",
        "https://contoso.vault.azure.cn",
        "https://contoso.managedhsm.azure.cn",
        "https://contoso.vault.usgovcloudapi.net",
        "https://contoso.managedhsm.usgovcloudapi.net"
      })
  void vaultsOfEveryCloudAreKnown(String url) {
    assertThat(KeyVaultReleaser.builder(url, VaultClient.credential())).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a/b/c", "../secrets/x", "a b", "k%2F", "k?x", "k/", "/v"})
  void whatIsNoKeysNameIsNotSent(String name) {
    int before = vault.server().requests().size();
    assertThatThrownBy(() -> release(name)).isInstanceOf(AttestationException.Configuration.class);
    assertThat(vault.server().requests().size()).isEqualTo(before);
  }

  private KeyVaultReleaser.Builder releaser() {
    return KeyVaultReleaser.builder(vault.vaultUrl(), VaultClient.credential())
        .trustedRoots(List.of(vault.root()))
        .httpClient(client)
        .time(time);
  }

  private Release release(String name) {
    return releaser().build().release(name, GUEST.token());
  }

  private AttestationException.Service failure(String name) {
    return catchThrowableOfType(AttestationException.Service.class, () -> release(name));
  }

  private static Unwrapping unwrapping(Release release) {
    assertThat(release).isInstanceOf(Release.Released.class);
    return new KeyUnwrapper(SignatureBackends.bouncyCastle())
        .unwrap(GUEST, ((Release.Released) release).key());
  }

  private static ReleasedKey unwrapped(Release release) {
    return ((Unwrapping.Unwrapped) unwrapping(release)).key();
  }

  private static List<String> codes(Release release) {
    assertThat(release).isInstanceOf(Release.Refused.class);
    return ((Release.Refused) release)
        .findings().stream().map(finding -> finding.code().name()).toList();
  }
}

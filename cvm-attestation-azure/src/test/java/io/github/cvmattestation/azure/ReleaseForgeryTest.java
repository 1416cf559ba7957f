package io.github.cvmattestation.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.release.KeyReleaser.Release;
import io.github.cvmattestation.attestation.release.KeyUnwrapper;
import io.github.cvmattestation.attestation.release.Unwrapping;
import io.github.cvmattestation.testkit.FakeKeyVault;
import io.github.cvmattestation.testkit.FakeWebPki;
import io.github.cvmattestation.testkit.ReleaseAnswerWriter;
import io.github.cvmattestation.testkit.RsaSigningKey;
import io.github.cvmattestation.testkit.TokenWriter;
import io.github.cvmattestation.testkit.WebServer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What whoever sits between a guest and its vault can answer, through the releaser that a guest
 * has: each answer is signed again after the change (security brief, 77 to 83).
 */
class ReleaseForgeryTest {
  private static final String HOST = "contoso.vault.azure.net";
  private static final Instant NOW = Instant.now();
  private static final Bytes POLICY = Bytes.of("{\"version\":\"1.0.0\"}".getBytes(UTF_8));
  private static final SoftGuest GUEST = new SoftGuest();

  /** An authority that the guest trusts as it trusts the vault's own. */
  private static final FakeWebPki PUBLIC_CA = new FakeWebPki(NOW, "public");

  private static FakeKeyVault vault;
  private static VaultClient client;

  @BeforeAll
  static void start() {
    vault = FakeKeyVault.start(HOST, NOW);
    client = new VaultClient(vault);
    vault.addOct("disk-key", Bytes.zeros(32), POLICY);
    vault.addRsa("signing-key", POLICY);
  }

  @AfterAll
  static void stop() {
    vault.close();
  }

  @BeforeEach
  void honest() {
    vault.onRelease(answer -> answer);
    vault.signReleasesAs(PUBLIC_CA.issue(PUBLIC_CA.server(HOST)));
    assertThat(release("disk-key")).isInstanceOf(Release.Released.class);
  }

  private static Release release(String name) {
    return KeyVaultReleaser.builder(vault.vaultUrl(), VaultClient.credential())
        .trustedRoots(List.of(PUBLIC_CA.rootCertificate()))
        .httpClient(client)
        .clock(() -> NOW)
        .build()
        .release(name, GUEST.token());
  }

  private static void refused(ReleaseFinding code) {
    Release release = release("disk-key");
    assertThat(release).isInstanceOf(Release.Refused.class);
    assertThat(((Release.Refused) release).findings())
        .extracting(Finding::code)
        .containsExactly(code);
  }

  private static void refused(ReleaseFinding code, UnaryOperator<ReleaseAnswerWriter> change) {
    vault.onRelease(change);
    refused(code);
  }

  /** Case 77: the right host's name, under an authority of the forger's own. */
  @Test
  void anAnswerSignedUnderASelfSignedChainIsRefused() {
    FakeWebPki own = new FakeWebPki(NOW, "forger");
    WebServer forger = own.issue(own.server(HOST));
    vault.signReleasesAs(forger);
    refused(ReleaseFinding.SKR_SIGNATURE);
    List<Bytes> withRoot = new ArrayList<>(forger.chain());
    withRoot.add(own.root());
    vault.signReleasesAs(forger.withChain(withRoot));
    refused(ReleaseFinding.SKR_SIGNATURE);
    // The honest chain over the forger's signature.
    vault.signReleasesAs(forger.withChain(PUBLIC_CA.issue(PUBLIC_CA.server(HOST)).chain()));
    refused(ReleaseFinding.SKR_SIGNATURE);
  }

  /** Case 78: everybody may have a certificate, and a vault. */
  @ParameterizedTest
  @ValueSource(
      strings = {"fabrikam.vault.azure.net", "contoso.vault.azure.net.evil.example", "*.azure.net"})
  void anAnswerSignedByAnotherVaultIsRefused(String name) {
    vault.signReleasesAs(PUBLIC_CA.issue(PUBLIC_CA.server(name)));
    refused(ReleaseFinding.SKR_HOST);
  }

  /** Case 80: OAEP with SHA-1, where SHA-256 was asked for. */
  @Test
  void aWeakerWrappingThanAskedForIsRefused() {
    String weaker = "\"CKM_RSA_AES_KEY_WRAP\"";
    refused(ReleaseFinding.SKR_ENC, answer -> answer.request("enc", weaker));
    refused(ReleaseFinding.SKR_ENC, answer -> answer.wrappingHeader("enc", weaker));
    refused(
        ReleaseFinding.SKR_ENC,
        answer -> answer.request("enc", weaker).wrappingHeader("enc", weaker));
  }

  /** Case 82: the answer names another public key than that of the key inside. */
  @Test
  void aPrivateKeyThatDoesNotMatchTheAnswersPublicKeyIsRefused() {
    assertThat(unwrapped(release("signing-key"))).isInstanceOf(Unwrapping.Unwrapped.class);
    String other = TokenWriter.base64Url(RsaSigningKey.of(2048, "other").modulus());
    vault.onRelease(answer -> answer.key("n", '"' + other + '"'));
    Unwrapping unwrapping = unwrapped(release("signing-key"));
    assertThat(unwrapping).isInstanceOf(Unwrapping.Refused.class);
    assertThat(((Unwrapping.Refused) unwrapping).findings())
        .extracting(finding -> finding.code().name())
        .containsExactly("SKR_KEYPAIR");
  }

  private static Unwrapping unwrapped(Release release) {
    assertThat(release).isInstanceOf(Release.Released.class);
    return new KeyUnwrapper(SignatureBackends.bouncyCastle())
        .unwrap(GUEST, ((Release.Released) release).key());
  }

  /** Case 83. Dates are seconds from now. */
  @ParameterizedTest
  @CsvSource({"exp, 0", "exp, -3600", "nbf, 60", "nbf, 3600"})
  void aKeyOutsideItsDatesIsRefused(String attribute, long seconds) {
    String date = Long.toString(NOW.getEpochSecond() + seconds);
    refused(ReleaseFinding.SKR_KEY_STATE, answer -> answer.attribute(attribute, date));
  }

  /** Case 83. */
  @Test
  void aKeyThatIsDisabledIsRefused() {
    refused(ReleaseFinding.SKR_KEY_STATE, answer -> answer.attribute("enabled", "false"));
    refused(ReleaseFinding.SKR_KEY_STATE, answer -> answer.attribute("enabled", ""));
  }
}

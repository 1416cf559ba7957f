package io.github.cvmattestation.azure.internal.keyvault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.release.KeyReleaser.Release;
import io.github.cvmattestation.attestation.release.WrapAlgorithm;
import io.github.cvmattestation.attestation.release.WrappedKey;
import io.github.cvmattestation.testkit.EcSigningKey;
import io.github.cvmattestation.testkit.FakeWebPki;
import io.github.cvmattestation.testkit.ReleaseAnswerWriter;
import io.github.cvmattestation.testkit.RsaSigningKey;
import io.github.cvmattestation.testkit.WebServer;
import io.github.cvmattestation.testkit.WebServerSpec;
import java.security.cert.TrustAnchor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A vault's answer, forged, diverted, replayed, downgraded: each lie has its own code. */
class ReleaseVerificationTest {
  private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
  private static final Duration DAY = Duration.ofDays(1);
  private static final String HOST = "contoso.vault.azure.net";
  private static final String VERSION = "0123456789abcdef0123456789abcdef";
  private static final String KEY_URL = "https://" + HOST + "/keys/disk-key/" + VERSION;
  private static final String NONCE = "k3T9-fresh";
  private static final String ENC = "RSA_AES_KEY_WRAP_256";
  private static final Bytes CIPHERTEXT = Bytes.zeros(296);

  private static final FakeWebPki PKI = new FakeWebPki(NOW, "trusted");
  private static final WebServer VAULT = PKI.issue(PKI.server("*.vault.azure.net"));

  private final ReleaseVerification verification =
      new ReleaseVerification(
          SignatureBackends.bouncyCastle(), Set.of(new TrustAnchor(PKI.rootCertificate(), null)));

  @Test
  void anHonestAnswerGivesTheWrappedKey() {
    WrappedKey key = released(oct().sign(VAULT), asked());
    assertThat(key.keyId()).isEqualTo(KEY_URL);
    assertThat(key.kind()).isEqualTo(WrappedKey.Kind.OCT);
    assertThat(key.algorithm()).isEqualTo(WrapAlgorithm.RSA_AES_KEY_WRAP_256);
    assertThat(key.ciphertext()).isEqualTo(CIPHERTEXT);
  }

  @Test
  void keyPairsComeWithTheirPublicHalf() throws Exception {
    RsaSigningKey rsa = RsaSigningKey.of(2048, "released");
    ReleaseAnswerWriter rsaAnswer =
        answer("RSA-HSM").key("n", b64u(rsa.modulus())).key("e", quoted("AQAB"));
    assertThat(released(rsaAnswer.sign(VAULT), asked()).publicKey())
        .contains(PublicKeyInfo.parse(rsa.subjectPublicKeyInfo()));
    EcSigningKey ec = EcSigningKey.p384("released");
    ReleaseAnswerWriter ecAnswer =
        answer("EC-HSM").key("crv", quoted("P-384")).key("x", b64u(ec.x())).key("y", b64u(ec.y()));
    assertThat(released(ecAnswer.sign(VAULT), asked()).publicKey())
        .contains(PublicKeyInfo.parse(ec.subjectPublicKeyInfo()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"})
  void theAlgorithmsOfTheListAreTaken(String algorithm) {
    released(oct().header("alg", quoted(algorithm)).sign(VAULT), asked());
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "HS256", "ES256", "rs256", "RS1", ""})
  void anyOtherAlgorithmIsRefused(String algorithm) {
    refused("SKR_SIGNATURE", oct().header("alg", quoted(algorithm)).sign(VAULT));
  }

  @Test
  void anEmptySignatureIsRefused() {
    String honest = oct().sign(VAULT);
    refused("SKR_SIGNATURE", honest.substring(0, honest.lastIndexOf('.') + 1));
  }

  @Test
  void flippingAnySignedPartIsRefused() {
    String honest = oct().sign(VAULT);
    int first = honest.indexOf('.');
    int second = honest.lastIndexOf('.');
    for (int at : new int[] {first + 40, second - 40}) {
      char other = honest.charAt(at) == 'A' ? 'B' : 'A';
      refused("SKR_SIGNATURE", honest.substring(0, at) + other + honest.substring(at + 1));
    }
    int inSignature = second + 20;
    char other = honest.charAt(inSignature) == 'A' ? 'B' : 'A';
    refused(
        "SKR_SIGNATURE",
        honest.substring(0, inSignature) + other + honest.substring(inSignature + 1));
  }

  /** Case 77 of the security brief. */
  @Test
  void aPayloadSignedUnderAnAuthorityOfOnesOwnIsRefused() {
    FakeWebPki own = new FakeWebPki(NOW, "forger");
    WebServer forger = own.issue(own.server(HOST));
    refused("SKR_SIGNATURE", oct().sign(forger));
    List<Bytes> withRoot = new ArrayList<>(forger.chain());
    withRoot.add(own.root());
    refused("SKR_SIGNATURE", oct().sign(forger.withChain(withRoot)));
    refused("SKR_SIGNATURE", oct().sign(forger.withChain(List.of(own.root()))));
    List<Bytes> withTrustedRoot = new ArrayList<>(forger.chain());
    withTrustedRoot.add(PKI.root());
    assertThat(refusal(oct().sign(forger.withChain(withTrustedRoot))))
        .isIn("SKR_SIGNATURE", "SKR_CHAIN");
  }

  @Test
  void anAuthorityThatOnlyBearsTheTrustedNamesIsRefused() {
    FakeWebPki namesake = new FakeWebPki(NOW, "trusted", "forger");
    WebServer forger = namesake.issue(namesake.server(HOST));
    refused("SKR_SIGNATURE", oct().sign(forger));
    List<Bytes> mixed = List.of(forger.chain().get(0), VAULT.chain().get(1));
    refused("SKR_SIGNATURE", oct().sign(forger.withChain(mixed)));
  }

  @Test
  void theVaultsCertificatesOverAnotherKeysSignatureAreRefused() {
    FakeWebPki own = new FakeWebPki(NOW, "forger");
    WebServer forger = own.issue(own.server(HOST));
    refused("SKR_SIGNATURE", oct().sign(forger.withChain(VAULT.chain())));
  }

  @Test
  void aTrustedRootThatSignsByItselfIsNoChain() {
    refused("SKR_SIGNATURE", oct().sign(VAULT.withChain(List.of(PKI.root()))));
  }

  @Test
  void nothingIsTrustedWhereNothingIsNamed() {
    Release release =
        new ReleaseVerification(SignatureBackends.bouncyCastle(), Set.of())
            .verify(oct().sign(VAULT), asked(), NOW);
    assertThat(code(release)).isEqualTo("SKR_SIGNATURE");
  }

  @Test
  void theRootMayBeSentAlong() {
    List<Bytes> chain = new ArrayList<>(VAULT.chain());
    chain.add(PKI.root());
    released(oct().sign(VAULT.withChain(chain)), asked());
  }

  @Test
  void aChainWithoutItsMiddleIsRefused() {
    refused("SKR_SIGNATURE", oct().sign(VAULT.withChain(VAULT.chain().subList(0, 1))));
  }

  /** Case 78: a real certificate, of another host. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "fabrikam.vault.azure.net",
        "vault.azure.net",
        "*.azure.net",
        "*.*.azure.net",
        "*.net",
        "c*.vault.azure.net",
        "contoso.vault.azure.net.evil.example",
        "evil.contoso.vault.azure.net"
      })
  void aCertificateForAnotherHostIsRefused(String name) {
    refused("SKR_HOST", oct().sign(PKI.issue(PKI.server(name))));
  }

  @Test
  void aCertificateWithoutNamesIsRefused() {
    refused("SKR_HOST", oct().sign(PKI.issue(PKI.server())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"contoso.vault.azure.net", "*.vault.azure.net", "CONTOSO.Vault.Azure.NET"})
  void aCertificateForTheHostIsTaken(String name) {
    released(oct().sign(PKI.issue(PKI.server("other.example", name))), asked());
  }

  @Test
  void datesAreComparedWithTheInstantThatIsGiven() {
    WebServerSpec spec = PKI.server(HOST);
    refused(
        "SKR_CHAIN", oct().sign(PKI.issue(spec.withValidity(NOW.minus(DAY), NOW.minusSeconds(1)))));
    refused(
        "SKR_CHAIN", oct().sign(PKI.issue(spec.withValidity(NOW.plusSeconds(1), NOW.plus(DAY)))));
    WebServer shortLived = PKI.issue(spec.withValidity(NOW, NOW.plusSeconds(1)));
    released(oct().sign(shortLived), asked());
  }

  @Test
  void aCertificateForAnotherPurposeIsRefused() {
    WebServerSpec spec = PKI.server(HOST);
    refused("SKR_CHAIN", oct().sign(PKI.issue(spec.withUsages(WebServerSpec.CLIENT_AUTH))));
    refused("SKR_CHAIN", oct().sign(PKI.issue(spec.withUsages())));
    refused("SKR_CHAIN", oct().sign(PKI.issue(spec.asAuthority())));
  }

  @Test
  void aThumbprintOfAnotherCertificateIsRefused() {
    ReleaseAnswerWriter answer =
        oct()
            .header("x5c", x5c(VAULT.chain()))
            .header("x5t#S256", b64u(Digests.sha256(VAULT.chain().get(1))));
    refused("SKR_CHAIN", answer.signAsIs(VAULT));
    released(answer.header("x5t#S256", "").signAsIs(VAULT), asked());
  }

  @Test
  void somethingBehindACertificateIsRefused() {
    List<Bytes> chain = List.of(VAULT.chain().get(0).concat(Bytes.zeros(1)), VAULT.chain().get(1));
    refused("SKR_FORM", oct().header("x5c", x5c(chain)).signAsIs(VAULT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "[\"AAAA\"]", "\"AAAA\"", "[1]", ""})
  void certificatesThatAreNoneAreRefused(String x5c) {
    refused("SKR_FORM", oct().header("x5c", x5c).signAsIs(VAULT));
  }

  @Test
  void moreCertificatesThanAnyChainHasAreRefused() {
    List<Bytes> chain = new ArrayList<>();
    for (int i = 0; i <= SignerChain.MAX_CERTIFICATES; i++) {
      chain.add(VAULT.chain().get(0));
    }
    refused("SKR_FORM", oct().header("x5c", x5c(chain)).signAsIs(VAULT));
  }

  @Test
  void aHeaderThatDemandsUnderstandingIsRefused() {
    refused("SKR_FORM", oct().header("crit", "[\"exp\"]").sign(VAULT));
  }

  @Test
  void anAnswerToAnotherRequestIsRefused() {
    refused("SKR_NONCE", oct().request("nonce", quoted("ADE0101")).sign(VAULT));
    refused("SKR_NONCE", oct().request("nonce", quoted("")).sign(VAULT));
    refused("SKR_NONCE", oct().request("nonce", quoted(NONCE + " ")).sign(VAULT));
    refused("SKR_FORM", oct().request("nonce", "").sign(VAULT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://contoso.vault.azure.net/keys/other-key/0123456789abcdef0123456789abcdef",
        "https://contoso.vault.azure.net/keys/disk-key/ffffffffffffffffffffffffffffffff",
        "https://fabrikam.vault.azure.net/keys/disk-key/0123456789abcdef0123456789abcdef",
        "http://contoso.vault.azure.net/keys/disk-key/0123456789abcdef0123456789abcdef",
        "https://contoso.vault.azure.net/keys/disk-key",
        "https://contoso.vault.azure.net/keys/disk-key/0123456789abcdef0123456789abcdef/x",
        "disk-key"
      })
  void anotherKeyOrVersionIsRefused(String url) {
    refused("SKR_KEY_ID", oct().key("kid", quoted(url)).sign(VAULT));
    if (!url.endsWith("/disk-key")) {
      refused("SKR_KEY_ID", oct().request("kid", quoted(url)).sign(VAULT));
    }
  }

  @Test
  void whereTheNewestIsAskedForTheVaultSaysWhichThatIsTwice() {
    ReleaseRequest newest = asked(Optional.empty(), Optional.empty());
    String short0 = "https://" + HOST + "/keys/disk-key";
    released(oct().sign(VAULT), newest);
    released(oct().request("kid", quoted(short0)).sign(VAULT), newest);
    released(oct().request("kid", quoted(short0 + "/")).sign(VAULT), newest);
    Release mixed =
        verification.verify(
            oct().request("kid", quoted(short0 + "/ffff")).sign(VAULT), newest, NOW);
    assertThat(code(mixed)).isEqualTo("SKR_KEY_ID");
  }

  /** Case 80. */
  @ParameterizedTest
  @ValueSource(strings = {"CKM_RSA_AES_KEY_WRAP", "RSA_AES_KEY_WRAP_384", "rsa_aes_key_wrap_256"})
  void anotherWayOfWrappingThanAskedForIsRefused(String enc) {
    refused("SKR_ENC", oct().request("enc", quoted(enc)).sign(VAULT));
    refused("SKR_ENC", oct().wrappingHeader("enc", quoted(enc)).sign(VAULT));
  }

  /** Case 83. */
  @ParameterizedTest
  @CsvSource({
    "enabled, false",
    "enabled, ''",
    "exportable, false",
    "exportable, ''",
    "exp, 1795348800", // 2026-11-22T12:00:00Z: no longer valid at that second
    "nbf, 1795348801"
  })
  void aKeyThatIsNotInUseIsRefused(String attribute, String value) {
    refused("SKR_KEY_STATE", oct().attribute(attribute, value).sign(VAULT));
  }

  @Test
  void aKeyWithinItsDatesIsTaken() {
    released(
        oct().attribute("nbf", "1795348800").attribute("exp", "1795348801").sign(VAULT), asked());
  }

  @ParameterizedTest
  @CsvSource({"enabled, '\"true\"'", "exp, '\"1795348801\"'", "exp, -1", "exp, 1e9", "nbf, null"})
  void attributesOfAnotherTypeAreRefused(String attribute, String value) {
    refused("SKR_FORM", oct().attribute(attribute, value).sign(VAULT));
  }

  @Test
  void anotherReleasePolicyThanDemandedIsRefused() {
    Bytes policy = Bytes.of("{\"version\":\"1.0.0\"}".getBytes(UTF_8));
    Bytes weaker = Bytes.of("{\"version\":\"1.0.0\",\"anyOf\":[]}".getBytes(UTF_8));
    ReleaseRequest demanding = asked(Optional.of(VERSION), Optional.of(Digests.sha256(policy)));
    String good = "{\"data\":" + b64u(policy) + ",\"immutable\":true}";
    String bad = "{\"data\":" + b64u(weaker) + "}";
    released(oct().bundle("release_policy", good).sign(VAULT), demanding);
    for (String other : List.of(bad, "")) {
      Release release =
          verification.verify(oct().bundle("release_policy", other).sign(VAULT), demanding, NOW);
      assertThat(code(release)).isEqualTo("SKR_POLICY");
    }
  }

  @Test
  void keysOfAnUnknownKindAreRefused() {
    refused("SKR_FORM", answer("OKP").sign(VAULT));
    RsaSigningKey small = RsaSigningKey.of(1024, "small");
    refused(
        "SKR_FORM",
        answer("RSA-HSM").key("n", b64u(small.modulus())).key("e", quoted("AQAB")).sign(VAULT));
    RsaSigningKey rsa = RsaSigningKey.of(2048, "released");
    refused(
        "SKR_FORM",
        answer("RSA-HSM").key("n", b64u(rsa.modulus())).key("e", quoted("Aw")).sign(VAULT));
    EcSigningKey ec = EcSigningKey.p256("released");
    ReleaseAnswerWriter elsewhere =
        answer("EC-HSM").key("crv", quoted("P-256")).key("x", b64u(ec.y())).key("y", b64u(ec.x()));
    refused("SKR_FORM", elsewhere.sign(VAULT));
  }

  @Test
  void anotherSchemaOfTheWrappingIsRefused() {
    refused("SKR_FORM", oct().wrapping("schema_version", quoted("2.0")).sign(VAULT));
    refused("SKR_FORM", oct().wrappingHeader("alg", quoted("none")).sign(VAULT));
    refused("SKR_FORM", oct().wrapping("ciphertext", "").sign(VAULT));
    refused("SKR_FORM", oct().key("key_hsm", "\"e30\"").sign(VAULT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a.b.c", "a.b.c.d.e", "e30.e30.", "e30=.e30.e30"})
  void whatIsNoJwsIsRefused(String text) {
    assertThat(refusal(text)).isEqualTo("SKR_FORM");
  }

  @Test
  void anAnswerBeyondTheBoundIsRefusedUnread() {
    refused("SKR_FORM", "A".repeat(CompactJws.MAX_SIZE + 1));
  }

  @Test
  void membersThatComeTwiceAreRefused() {
    String twice = quoted(NONCE) + ",\"nonce\":" + quoted(NONCE);
    refused("SKR_FORM", oct().request("nonce", twice).sign(VAULT));
  }

  private static ReleaseAnswerWriter oct() {
    return answer("oct-HSM");
  }

  private static ReleaseAnswerWriter answer(String kty) {
    return new ReleaseAnswerWriter(KEY_URL, ENC, NONCE, kty, CIPHERTEXT);
  }

  private static ReleaseRequest asked() {
    return asked(Optional.of(VERSION), Optional.empty());
  }

  private static ReleaseRequest asked(Optional<String> version, Optional<Bytes> policyHash) {
    return new ReleaseRequest(
        new KeyId(HOST, "disk-key", version),
        NONCE,
        WrapAlgorithm.RSA_AES_KEY_WRAP_256,
        policyHash);
  }

  private WrappedKey released(String answer, ReleaseRequest asked) {
    Release release = verification.verify(answer, asked, NOW);
    assertThat(release).isInstanceOf(Release.Released.class);
    return ((Release.Released) release).key();
  }

  private void refused(String code, String answer) {
    assertThat(refusal(answer)).isEqualTo(code);
  }

  private String refusal(String answer) {
    return code(verification.verify(answer, asked(), NOW));
  }

  private static String code(Release release) {
    assertThat(release).isInstanceOf(Release.Refused.class);
    return ((Release.Refused) release).findings().get(0).code().name();
  }

  private static String x5c(List<Bytes> chain) {
    List<String> encoded = new ArrayList<>();
    for (Bytes der : chain) {
      encoded.add(quoted(Base64.getEncoder().encodeToString(der.toArray())));
    }
    return "[" + String.join(",", encoded) + "]";
  }

  private static String b64u(Bytes octets) {
    return quoted(Base64.getUrlEncoder().withoutPadding().encodeToString(octets.toArray()));
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }
}

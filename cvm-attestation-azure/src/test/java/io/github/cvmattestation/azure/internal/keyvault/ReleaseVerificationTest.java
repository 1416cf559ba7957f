package io.github.cvmattestation.azure.internal.keyvault;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.release.KeyReleaser.Release;
import io.github.cvmattestation.attestation.release.WrapAlgorithm;
import io.github.cvmattestation.attestation.release.WrappedKey;
import io.github.cvmattestation.testkit.FakeWebPki;
import io.github.cvmattestation.testkit.ReleaseAnswerWriter;
import io.github.cvmattestation.testkit.WebServer;
import io.github.cvmattestation.testkit.WebServerSpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who signed a vault's answer: forged, diverted and borrowed signatures, each with its code. */
class ReleaseVerificationTest extends VaultAnswers {
  @Test
  void anHonestAnswerGivesTheWrappedKey() {
    WrappedKey key = released(oct().sign(VAULT), asked());
    assertThat(key.keyId()).isEqualTo(KEY_URL);
    assertThat(key.kind()).isEqualTo(WrappedKey.Kind.OCT);
    assertThat(key.algorithm()).isEqualTo(WrapAlgorithm.RSA_AES_KEY_WRAP_256);
    assertThat(key.ciphertext()).isEqualTo(CIPHERTEXT);
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

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a.b.c", "a.b.c.d.e", "e30.e30.", "e30=.e30.e30"})
  void whatIsNoJwsIsRefused(String text) {
    assertThat(refusal(text)).isEqualTo("SKR_FORM");
  }

  @Test
  void anAnswerBeyondTheBoundIsRefusedUnread() {
    refused("SKR_FORM", "A".repeat(CompactJws.MAX_SIZE + 1));
  }

  private static String x5c(List<Bytes> chain) {
    List<String> encoded = new ArrayList<>();
    for (Bytes der : chain) {
      encoded.add(quoted(Base64.getEncoder().encodeToString(der.toArray())));
    }
    return "[" + String.join(",", encoded) + "]";
  }
}

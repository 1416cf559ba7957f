package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.MaaScene.ATTACKER;
import static io.github.cvmattestation.azure.MaaScene.ISSUER;
import static io.github.cvmattestation.azure.MaaScene.SIGNER;
import static io.github.cvmattestation.azure.MaaScene.builder;
import static io.github.cvmattestation.azure.MaaScene.refuted;
import static io.github.cvmattestation.azure.MaaScene.token;
import static io.github.cvmattestation.azure.MaaScene.verified;
import static io.github.cvmattestation.azure.MaaScene.verify;
import static io.github.cvmattestation.azure.MaaScene.withKeys;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.azure.internal.http.Refusals;
import io.github.cvmattestation.testkit.JwksWriter;
import io.github.cvmattestation.testkit.TokenWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose word counts: issuers that look like the trusted one, and policies that nobody pinned. */
class MaaTrustedIssuerTest {
  /** Case 68. */
  @Test
  void aTokenWithoutIssuerIsRefuted() {
    refuted(verify(token().withoutClaim("iss").sign(SIGNER)), MaaFinding.JWT_ISSUER);
    refuted(verify(token().claim("iss", "[\"" + ISSUER + "\"]").sign(SIGNER)), MaaFinding.JWT_TYPE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://sharedweu.weu.attest.azure.net//",
        "https://sharedweu.weu.attest.azure.net/x",
        "https://sharedweu.weu.attest.azure.net.example",
        "https://x.sharedweu.weu.attest.azure.net",
        "https://evil.weu.attest.azure.net",
        "https://sharedweu.weu.attest.azure.net:443",
        "https://SHAREDWEU.weu.attest.azure.net",
        "http://sharedweu.weu.attest.azure.net",
        "HTTPS://sharedweu.weu.attest.azure.net",
        " https://sharedweu.weu.attest.azure.net",
        "sharedweu.weu.attest.azure.net",
        "/",
        ""
      })
  void anIssuerThatOnlyLooksLikeTheTrustedOneIsRefuted(String issuer) {
    refuted(verify(token().claimText("iss", issuer).sign(SIGNER)), MaaFinding.JWT_ISSUER);
  }

  @Test
  void oneSlashAtTheEndOfTheIssuerMakesNoDifference() {
    String slash = token().claimText("iss", ISSUER + "/").sign(SIGNER);
    assertThat(verified(verify(slash)).issuer()).isEqualTo(ISSUER + "/");
    MaaTokenVerifier.Builder configured =
        MaaTokenVerifier.builder(ISSUER + "/").keySource(issuer -> MaaScene.JWKS);
    verified(verify(configured, slash));
    verified(verify(configured, token().sign(SIGNER)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://a.attest.azure.net",
        "https://",
        "https:///",
        "https://a.attest.azure.net/tenant",
        "https://user@a.attest.azure.net",
        "https://a.attest.azure.net?x=1",
        "https://a.attest.azure.net#x",
        "https://*.attest.azure.net",
        "https://a b",
        "a.attest.azure.net",
        "attest.azure.net",
        ""
      })
  void onlyHttpsUrlsOfAHostCanBeTrusted(String issuer) {
    MaaTokenVerifier.Builder builder = MaaTokenVerifier.builder(ISSUER, issuer);
    assertThatThrownBy(builder::build).isInstanceOf(AttestationException.Configuration.class);
  }

  @Test
  void aVerifierWithoutIssuerTrustsNobody() {
    MaaTokenVerifier.Builder builder = MaaTokenVerifier.builder();
    assertThatThrownBy(builder::build).isInstanceOf(AttestationException.Configuration.class);
  }

  @Test
  void aKeyCountsForItsOwnIssuerAlone() {
    String other = "https://other.weu.attest.azure.net";
    Bytes ofOther = new JwksWriter().key(MaaScene.KID, ATTACKER).json();
    MaaTokenVerifier.Builder both =
        MaaTokenVerifier.builder(ISSUER, other)
            .keySource(issuer -> issuer.equals(other) ? ofOther : MaaScene.JWKS);
    verified(verify(both, token().sign(SIGNER)));
    verified(verify(both, token().claimText("iss", other).sign(ATTACKER)));
    refuted(verify(both, token().sign(ATTACKER)), MaaFinding.JWT_SIGNATURE);
    refuted(verify(both, token().claimText("iss", other).sign(SIGNER)), MaaFinding.JWT_SIGNATURE);
  }

  /** Case 69: which of the two signed, nobody can tell. */
  @Test
  void aTokenUnderANameThatTwoKeysShareIsRefuted() {
    for (JwksWriter keys :
        List.of(
            new JwksWriter().key(MaaScene.KID, SIGNER).key(MaaScene.KID, ATTACKER),
            new JwksWriter().key(MaaScene.KID, ATTACKER).key(MaaScene.KID, SIGNER),
            new JwksWriter().key(MaaScene.KID, SIGNER).key(MaaScene.KID, SIGNER))) {
      refuted(verify(withKeys(keys), token().sign(SIGNER)), MaaFinding.JWT_KEY);
      refuted(verify(withKeys(keys), token().sign(ATTACKER)), MaaFinding.JWT_KEY);
    }
  }

  /** Case 100: to check with it costs seconds, so it ends before the token is looked at. */
  @Test
  void aGiganticKeyOfTheIssuersIsALimit() {
    byte[] odd = new byte[65_536 / 8];
    odd[0] = (byte) 0x80;
    odd[odd.length - 1] = 1;
    String gigantic =
        "{\"kid\":\"big\",\"kty\":\"RSA\",\"e\":\"AQAB\",\"n\":\"%s\"}"
            .formatted(TokenWriter.base64Url(Bytes.of(odd)));
    JwksWriter keys = new JwksWriter().key(MaaScene.KID, SIGNER).entry(gigantic);
    for (String kid : List.of(MaaScene.KID, "big")) {
      String token = token().headerText("kid", kid).sign(SIGNER);
      assertThat(Refusals.of(() -> verify(withKeys(keys), token)).failure())
          .isEqualTo(AttestationException.Service.Failure.INPUT_LIMIT);
    }
  }

  @Test
  void aPolicyThatIsNotPinnedIsRefuted() {
    Bytes policy = Digests.sha256(Bytes.of((byte) 1));
    Bytes other = Digests.sha256(Bytes.of((byte) 2));
    String token =
        token().claimText("x-ms-policy-hash", TokenWriter.base64Url(policy)).sign(SIGNER);
    Verification unpinned = verify(token);
    assertThat(verified(unpinned).policyHash()).contains(policy);
    assertThat(((Verification.Verified) unpinned).notes())
        .extracting(Finding::code)
        .containsExactly(MaaFinding.JWT_POLICY);
    Verification pinned = verify(builder().requirePolicyHash(other, policy), token);
    verified(pinned);
    assertThat(((Verification.Verified) pinned).notes()).isEmpty();
    assertThat(pinned.checks()).contains(MaaCheck.POLICY);
    refuted(verify(builder().requirePolicyHash(other), token), MaaFinding.JWT_POLICY);
    refuted(
        verify(builder().requirePolicyHash(policy), token().sign(SIGNER)), MaaFinding.JWT_POLICY);
    refuted(
        verify(token().claimText("x-ms-policy-hash", "AAAA").sign(SIGNER)), MaaFinding.JWT_TYPE);
    assertThatThrownBy(() -> builder().requirePolicyHash(Bytes.zeros(31)))
        .isInstanceOf(AttestationException.Configuration.class);
  }
}

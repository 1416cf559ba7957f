package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.MaaScene.AT;
import static io.github.cvmattestation.azure.MaaScene.ATTACKER;
import static io.github.cvmattestation.azure.MaaScene.GUEST;
import static io.github.cvmattestation.azure.MaaScene.ISSUER;
import static io.github.cvmattestation.azure.MaaScene.NONCE;
import static io.github.cvmattestation.azure.MaaScene.SIGNER;
import static io.github.cvmattestation.azure.MaaScene.bare;
import static io.github.cvmattestation.azure.MaaScene.builder;
import static io.github.cvmattestation.azure.MaaScene.publicKey;
import static io.github.cvmattestation.azure.MaaScene.refuted;
import static io.github.cvmattestation.azure.MaaScene.token;
import static io.github.cvmattestation.azure.MaaScene.verified;
import static io.github.cvmattestation.azure.MaaScene.verify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.testkit.TokenWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What genuine tokens say, and those that say too little, too late or to somebody else. */
class MaaTokenClaimsTest {
  private static final Duration LIFETIME = Duration.ofHours(8);

  private static Verification at(Instant instant, MaaTokenVerifier.Builder verifier) {
    return verifier.build().verify(token().sign(SIGNER), NONCE, publicKey(GUEST), instant);
  }

  private static TokenWriter platform(String tee) {
    return bare().platform(tee, NONCE.value().hex(), GUEST);
  }

  @ParameterizedTest
  @EnumSource(
      value = MaaAttestationType.class,
      names = {"SEV_SNP_VM", "TDX_VM"})
  void aTokenOfAVmWithAVtpmIsVerified(MaaAttestationType tee) {
    MaaToken token =
        verified(verify(bare().azureGuest(tee.claim(), NONCE.value().hex(), GUEST).sign(SIGNER)));
    assertThat(token.issuer()).isEqualTo(ISSUER);
    assertThat(token.issuedAt()).isEqualTo(AT);
    assertThat(token.notBefore()).isEqualTo(AT);
    assertThat(token.expiresAt()).isEqualTo(AT.plus(LIFETIME));
    assertThat(token.attestationType()).isEqualTo(MaaAttestationType.AZURE_VM);
    assertThat(token.tee()).contains(tee);
    assertThat(token.isCompliantCvm()).isTrue();
    assertThat(token.secureBoot()).contains(true);
    assertThat(token.debugFlags().allOff()).isTrue();
    assertThat(token.vmId()).contains("2dedc52a-6832-46ce-9910-e8c9980bf5a7");
  }

  @ParameterizedTest
  @EnumSource(
      value = MaaAttestationType.class,
      names = {"SEV_SNP_VM", "TDX_VM"})
  void aPlatformsTokenIsVerifiedWhereItsKindIsAccepted(MaaAttestationType type) {
    String token = platform(type.claim()).sign(SIGNER);
    refuted(verify(token), MaaFinding.JWT_ATTESTATION_TYPE);
    MaaToken verified = verified(verify(builder().accept(type), token));
    assertThat(verified.attestationType()).isEqualTo(type);
    assertThat(verified.tee()).contains(type);
    assertThat(verified.isCompliantCvm()).isTrue();
    assertThat(verified.secureBoot()).isEmpty();
    assertThat(verified.debugFlags().tee()).contains(false);
    assertThat(verified.debugFlags().allOff()).as("what is absent is not off").isFalse();
    assertThat(verified.vmId()).isEmpty();
  }

  @Test
  void aKindThatIsNotAcceptedIsRefuted() {
    MaaTokenVerifier.Builder platforms =
        builder().accept(MaaAttestationType.SEV_SNP_VM, MaaAttestationType.TDX_VM);
    refuted(verify(platforms, token().sign(SIGNER)), MaaFinding.JWT_ATTESTATION_TYPE);
    for (String kind : List.of("sgx", "tpm", "AzureVm", "")) {
      String other = token().claimText("x-ms-attestation-type", kind).sign(SIGNER);
      refuted(verify(other), MaaFinding.JWT_ATTESTATION_TYPE);
    }
  }

  @Test
  void aTeeThatIsNotKnownIsRefuted() {
    for (String tee : List.of("vbs", "azurevm", "SevSnpVm")) {
      String claim = "{\"x-ms-attestation-type\":\"" + tee + "\"}";
      refuted(
          verify(token().claim("x-ms-isolation-tee", claim).sign(SIGNER)),
          MaaFinding.JWT_ATTESTATION_TYPE);
    }
  }

  @Test
  void aVmThatNothingIsolatesHasNoTee() {
    MaaToken token = verified(verify(token().withoutClaim("x-ms-isolation-tee").sign(SIGNER)));
    assertThat(token.tee()).isEmpty();
    assertThat(token.complianceStatus()).isEmpty();
    assertThat(token.isCompliantCvm()).isFalse();
    assertThat(token.debugFlags().tee()).isEmpty();
  }

  /** x-ms-runtime is the guest's: it may look like anything. */
  @Test
  void claimsElsewhereThanAtTheirPlaceDoNotCount() {
    String lookalikes =
        """
        "secureboot":true,"x-ms-attestation-type":"sevsnpvm",
        "x-ms-azurevm-vmid":"00000000-1111-2222-3333-444444444444",
        "x-ms-policy-hash":"wm9mHlvTU82e8UqoOy1Yj1FBRSNkfe99-69IYDq9eWs",
        "x-ms-azurevm-kerneldebug-enabled":false,"tdx_td_attributes_debug":false,
        "x-ms-compliance-status":"azure-compliant-cvm",
        "x-ms-isolation-tee":{"x-ms-attestation-type":"sevsnpvm",
        "x-ms-compliance-status":"azure-compliant-cvm","x-ms-sevsnpvm-is-debuggable":false}""";
    String runtime =
        "{\"client-payload\":{\"nonce\":\"%s\"},\"keys\":[%s],%s}"
            .formatted(
                base64(NONCE.value().hex()),
                TokenWriter.jwk("TpmEphemeralEncryptionKey", "encrypt", GUEST),
                lookalikes);
    String bare =
        bare()
            .claimText("x-ms-attestation-type", "azurevm")
            .claim("x-ms-runtime", runtime)
            // At the top of an azurevm token these are not the TEE's either.
            .claimText("x-ms-compliance-status", "azure-compliant-cvm")
            .claim("x-ms-sevsnpvm-is-debuggable", "false")
            .claim("x-ms-isolation-tee.x-ms-attestation-type", "\"sevsnpvm\"")
            .sign(SIGNER);
    MaaToken token = verified(verify(bare));
    assertThat(token.tee()).isEmpty();
    assertThat(token.complianceStatus()).isEmpty();
    assertThat(token.secureBoot()).isEmpty();
    assertThat(token.vmId()).isEmpty();
    assertThat(token.policyHash()).isEmpty();
    assertThat(token.debugFlags())
        .isEqualTo(
            new MaaDebugFlags(
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
    assertThat(token.claim("x-ms-isolation-tee", "x-ms-attestation-type")).isEmpty();
    assertThat(token.claim("x-ms-isolation-tee.x-ms-attestation-type"))
        .contains(new ClaimValue.Text("sevsnpvm"));
    assertThat(token.claim("x-ms-runtime", "secureboot")).contains(new ClaimValue.Flag(true));
    assertThat(token.claim("x-ms-ver", "1")).isEmpty();
  }

  @Test
  void anyClaimIsReadAtItsPath() {
    String tree = "{\"a\":{\"b\":[1,\"x\",true,null,{\"c\":18446744073709551615}]}}";
    MaaToken token = verified(verify(token().claim("tree", tree).sign(SIGNER)));
    assertThat(token.claim("tree", "a", "b"))
        .contains(
            new ClaimValue.Many(
                List.of(
                    new ClaimValue.Unsigned(1),
                    new ClaimValue.Text("x"),
                    new ClaimValue.Flag(true),
                    new ClaimValue.Unknown(),
                    ClaimValue.Group.builder().put("c", -1L).build())));
    assertThat(token.claim("tree", "b")).isEmpty();
    assertThat(token.claim()).contains(token.toGroup());
    assertThat(token.toGroup().members()).containsKeys("iss", "exp", "tree", "x-ms-runtime");
  }

  @Test
  void numbersThatHaveNoNeutralFormAreRefuted() {
    for (String number : List.of("-1", "18446744073709551616")) {
      refuted(
          verify(token().claim("x", "[{\"a\":" + number + "}]").sign(SIGNER)), MaaFinding.JWT_TYPE);
    }
  }

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
    Bytes ofOther =
        new io.github.cvmattestation.testkit.JwksWriter().key(MaaScene.KID, ATTACKER).json();
    MaaTokenVerifier.Builder both =
        MaaTokenVerifier.builder(ISSUER, other)
            .keySource(issuer -> issuer.equals(other) ? ofOther : MaaScene.JWKS);
    verified(verify(both, token().sign(SIGNER)));
    verified(verify(both, token().claimText("iss", other).sign(ATTACKER)));
    refuted(verify(both, token().sign(ATTACKER)), MaaFinding.JWT_SIGNATURE);
    refuted(verify(both, token().claimText("iss", other).sign(SIGNER)), MaaFinding.JWT_SIGNATURE);
  }

  /** Case 70, and the like. */
  @ParameterizedTest
  @ValueSource(strings = {"exp", "nbf", "iat"})
  void aDateThatIsNoIntegerOrMissingIsRefuted(String date) {
    String second = Long.toString(AT.getEpochSecond());
    for (String json : List.of("\"" + second + "\"", "true", "null", "[]", "{}", "-1")) {
      refuted(verify(token().claim(date, json).sign(SIGNER)), MaaFinding.JWT_TYPE);
    }
    refuted(verify(token().claim(date, "253402300800").sign(SIGNER)), MaaFinding.JWT_TYPE);
    refuted(verify(token().withoutClaim(date).sign(SIGNER)), MaaFinding.JWT_TYPE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secureboot",
        "x-ms-azurevm-bootdebug-enabled",
        "x-ms-azurevm-hypervisordebug-enabled",
        "x-ms-azurevm-kerneldebug-enabled",
        "x-ms-azurevm-testsigning-enabled",
        "x-ms-azurevm-vmid",
        "x-ms-policy-hash",
        "x-ms-attestation-type",
        "x-ms-isolation-tee",
        "x-ms-runtime"
      })
  void aClaimOfAnotherTypeIsRefuted(String claim) {
    refuted(verify(token().claim(claim, "7").sign(SIGNER)), MaaFinding.JWT_TYPE);
    refuted(verify(token().claim(claim, "[\"true\"]").sign(SIGNER)), MaaFinding.JWT_TYPE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x-ms-attestation-type",
        "x-ms-compliance-status",
        "x-ms-sevsnpvm-is-debuggable",
        "tdx_td_attributes_debug"
      })
  void aClaimOfTheTeeOfAnotherTypeIsRefuted(String claim) {
    String type =
        claim.equals("x-ms-attestation-type") ? "" : "\"x-ms-attestation-type\":\"tdxvm\",";
    String tee = "{" + type + "\"" + claim + "\":1}";
    refuted(verify(token().claim("x-ms-isolation-tee", tee).sign(SIGNER)), MaaFinding.JWT_TYPE);
  }

  /** Case 71. */
  @Test
  void aTokenEndsWithTheSkewAndNotLater() {
    Instant end = AT.plus(LIFETIME);
    verified(at(end.plusSeconds(59), builder()));
    refuted(at(end.plusSeconds(60), builder()), MaaFinding.JWT_EXPIRED);
    refuted(at(end.plusSeconds(61), builder()), MaaFinding.JWT_EXPIRED);
    verified(at(end.minusSeconds(1), builder().skew(Duration.ZERO)));
    refuted(at(end, builder().skew(Duration.ZERO)), MaaFinding.JWT_EXPIRED);
  }

  @Test
  void aTokenBeginsWithTheSkewAndNotEarlier() {
    verified(at(AT.minusSeconds(60), builder()));
    refuted(at(AT.minusSeconds(61), builder()), MaaFinding.JWT_NOT_YET);
    refuted(at(AT.minusSeconds(1), builder().skew(Duration.ZERO)), MaaFinding.JWT_NOT_YET);
    verified(at(AT, builder().skew(Duration.ZERO)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nbf", "iat"})
  void aTokenOfTheFutureIsRefuted(String date) {
    long latest = AT.plusSeconds(60).getEpochSecond();
    verified(verify(token().claim(date, Long.toString(latest)).sign(SIGNER)));
    refuted(
        verify(token().claim(date, Long.toString(latest + 1)).sign(SIGNER)),
        MaaFinding.JWT_NOT_YET);
  }

  @Test
  void aSkewOfMoreThanAMinuteIsAMistake() {
    for (Duration skew : List.of(Duration.ofSeconds(61), Duration.ofSeconds(-1))) {
      assertThatThrownBy(() -> builder().skew(skew))
          .isInstanceOf(AttestationException.Configuration.class);
    }
  }

  @Test
  void aTokenForAnotherChallengeIsRefuted() {
    for (Nonce other : List.of(new Nonce(Bytes.zeros(32)), new Nonce(NONCE.value().slice(0, 31)))) {
      Verification verdict =
          builder().build().verify(token().sign(SIGNER), other, publicKey(GUEST), AT);
      refuted(verdict, MaaFinding.JWT_NONCE);
    }
  }

  @Test
  void theNonceIsExactlyItsTextInHexadecimal() {
    String hex = NONCE.value().hex();
    for (String text :
        List.of("", hex.substring(1), hex + "00", hex.toUpperCase(java.util.Locale.ROOT))) {
      refuted(verify(bare().azureGuest("tdxvm", text, GUEST).sign(SIGNER)), MaaFinding.JWT_NONCE);
      refuted(
          verify(
              builder().accept(MaaAttestationType.TDX_VM),
              bare().platform("tdxvm", text, GUEST).sign(SIGNER)),
          MaaFinding.JWT_NONCE);
    }
  }

  @Test
  void aTokenWithoutNonceIsRefuted() {
    String keys = "[" + TokenWriter.jwk("TpmEphemeralEncryptionKey", "encrypt", GUEST) + "]";
    for (String runtime :
        List.of("{\"keys\":" + keys + "}", "{\"client-payload\":{},\"keys\":" + keys + "}")) {
      refuted(verify(token().claim("x-ms-runtime", runtime).sign(SIGNER)), MaaFinding.JWT_NONCE);
    }
    refuted(verify(token().withoutClaim("x-ms-runtime").sign(SIGNER)), MaaFinding.JWT_NONCE);
    refuted(
        verify(
            builder().accept(MaaAttestationType.SEV_SNP_VM),
            platform("sevsnpvm").withoutClaim("nonce").sign(SIGNER)),
        MaaFinding.JWT_NONCE);
  }

  /** A top-level nonce in an azurevm token, or a client payload in a platform's, is another. */
  @Test
  void aNonceAtAnotherPlaceDoesNotCount() {
    String hex = NONCE.value().hex();
    String elsewhere =
        bare().azureGuest("tdxvm", "other", GUEST).claimText("nonce", hex).sign(SIGNER);
    refuted(verify(elsewhere), MaaFinding.JWT_NONCE);
    String payload = "{\"client-payload\":{\"nonce\":\"" + base64(hex) + "\"}}";
    refuted(
        verify(
            builder().accept(MaaAttestationType.TDX_VM),
            platform("tdxvm").withoutClaim("nonce").claim("x-ms-runtime", payload).sign(SIGNER)),
        MaaFinding.JWT_NONCE);
  }

  private static String runtime(String... keys) {
    return "{\"client-payload\":{\"nonce\":\"%s\"},\"keys\":[%s]}"
        .formatted(base64(NONCE.value().hex()), String.join(",", keys));
  }

  @Test
  void aTokenForAnotherKeyIsRefuted() {
    String ours = TokenWriter.jwk("TpmEphemeralEncryptionKey", "encrypt", GUEST);
    String theirs = TokenWriter.jwk("TpmEphemeralEncryptionKey", "encrypt", ATTACKER);
    String signing = TokenWriter.jwk("HCLAkPub", "sign", ATTACKER);
    verified(verify(token().claim("x-ms-runtime", runtime(ours, theirs)).sign(SIGNER)));
    verified(verify(token().claim("x-ms-runtime", runtime(signing, ours)).sign(SIGNER)));
    for (String wrong :
        List.of(
            runtime(theirs, ours),
            runtime(theirs),
            runtime(),
            runtime("{}"),
            runtime(signing),
            runtime(TokenWriter.jwk("TpmEphemeralEncryptionKey", "sign", GUEST)),
            runtime(TokenWriter.jwk("HCLEkPub", "encrypt", GUEST)),
            runtime(theirs.replace("\"key_ops\":[\"encrypt\"]", "\"key_use\":\"enc\""), ours),
            runtime(ours.replace("AQAB", "Aw")),
            runtime(ours.replace("\"e\":\"AQAB\",", "")),
            runtime(ours.replace("\"kty\":\"RSA\"", "\"kty\":\"EC\"")),
            runtime(ours.replace("\"n\":\"", "\"n\":\"AAAA")))) {
      refuted(verify(token().claim("x-ms-runtime", wrong).sign(SIGNER)), MaaFinding.JWT_GUEST_KEY);
    }
    refuted(verify(token().claim("x-ms-runtime", runtime("7")).sign(SIGNER)), MaaFinding.JWT_TYPE);
  }

  @Test
  void aPlatformsTokenForAnotherKeyIsRefuted() {
    MaaTokenVerifier.Builder snp = builder().accept(MaaAttestationType.SEV_SNP_VM);
    String foreign = bare().platform("sevsnpvm", NONCE.value().hex(), ATTACKER).sign(SIGNER);
    refuted(verify(snp, foreign), MaaFinding.JWT_GUEST_KEY);
    refuted(
        verify(snp, platform("sevsnpvm").withoutClaim("x-ms-runtime").sign(SIGNER)),
        MaaFinding.JWT_GUEST_KEY);
  }

  /** The claims below x-ms-isolation-tee are not those that a key service looks at. */
  @Test
  void aKeyBelowTheTeeDoesNotCount() {
    String tee =
        "{\"x-ms-attestation-type\":\"sevsnpvm\",\"x-ms-runtime\":%s}"
            .formatted(runtime(TokenWriter.jwk("TpmEphemeralEncryptionKey", "encrypt", GUEST)));
    refuted(
        verify(
            token().claim("x-ms-isolation-tee", tee).claim("x-ms-runtime", runtime()).sign(SIGNER)),
        MaaFinding.JWT_GUEST_KEY);
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

  @Test
  void theProfileRunsExactlyTheseChecks() {
    Verification verdict = verify(token().sign(SIGNER));
    assertThat(verdict.checks())
        .extracting(Check::id)
        .containsExactly(
            "maa.form",
            "maa.header",
            "maa.issuer",
            "maa.key",
            "maa.signature",
            "maa.claims",
            "maa.dates",
            "maa.attestation-type",
            "maa.nonce",
            "maa.guest-key");
    assertThat(EnumSet.allOf(MaaCheck.class)).extracting(MaaCheck::id).doesNotHaveDuplicates();
    assertThat(MaaCheck.values()).noneMatch(check -> check.statement().isBlank());
    assertThat(MaaFinding.values()).noneMatch(finding -> finding.clause().isBlank());
  }

  /** Who signed is settled before what was said is looked at. */
  @Test
  void aRefusalListsTheChecksBeforeIt() {
    Verification forged = verify(token().claim("exp", "\"never\"").sign(ATTACKER));
    refuted(forged, MaaFinding.JWT_SIGNATURE);
    assertThat(forged.checks())
        .containsExactly(MaaCheck.FORM, MaaCheck.HEADER, MaaCheck.ISSUER, MaaCheck.KEY);
  }

  @Test
  void neitherTokenNorVerdictShowsTheCredential() {
    String text = token().sign(SIGNER);
    MaaToken token = verified(verify(text));
    assertThat(token.token().compact()).isEqualTo(text);
    assertThat(token.toString()).isEqualTo("MaaToken[azurevm, until 2026-06-01T08:00:00Z]");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
  }
}

package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.MaaScene.AT;
import static io.github.cvmattestation.azure.MaaScene.ATTACKER;
import static io.github.cvmattestation.azure.MaaScene.GUEST;
import static io.github.cvmattestation.azure.MaaScene.ISSUER;
import static io.github.cvmattestation.azure.MaaScene.LIFETIME;
import static io.github.cvmattestation.azure.MaaScene.NONCE;
import static io.github.cvmattestation.azure.MaaScene.SIGNER;
import static io.github.cvmattestation.azure.MaaScene.bare;
import static io.github.cvmattestation.azure.MaaScene.base64;
import static io.github.cvmattestation.azure.MaaScene.builder;
import static io.github.cvmattestation.azure.MaaScene.platform;
import static io.github.cvmattestation.azure.MaaScene.refuted;
import static io.github.cvmattestation.azure.MaaScene.token;
import static io.github.cvmattestation.azure.MaaScene.verified;
import static io.github.cvmattestation.azure.MaaScene.verify;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.testkit.TokenWriter;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What genuine tokens say, and those that say it in another form or at another place. */
class MaaTokenClaimsTest {
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

  @Test
  void aTeeWithoutItsKindIsRefutedByTheClaimsWholePath() {
    Verification verdict = verify(token().claim("x-ms-isolation-tee", "{}").sign(SIGNER));
    refuted(verdict, MaaFinding.JWT_TYPE);
    assertThat(verdict.findings().get(0).expected())
        .endsWith("x-ms-isolation-tee.x-ms-attestation-type");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "7", "\"iss\"", "null"})
  void claimsThatAreNoObjectAreRefuted(String payload) {
    refuted(verify(token().signRaw(payload, SIGNER)), MaaFinding.JWT_FORM);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"client-payload\":\"nonce\"}",
        "{\"client-payload\":[\"nonce\"]}",
        "{\"client-payload\":{\"nonce\":1}}",
        "{\"keys\":\"kid\"}",
        "{\"keys\":{}}",
        "{\"keys\":[7]}",
        "{\"keys\":[[{}]]}",
        "{\"keys\":[{\"key_ops\":\"encrypt\"}]}",
        "{\"keys\":[{\"key_ops\":{\"encrypt\":1}}]}",
        "{\"keys\":[{\"key_ops\":[1]}]}",
        "{\"keys\":[{\"n\":1}]}"
      })
  void aRuntimeOfAnotherShapeIsRefuted(String runtime) {
    refuted(verify(token().claim("x-ms-runtime", runtime).sign(SIGNER)), MaaFinding.JWT_TYPE);
  }

  @Test
  void aKeyMayHaveMoreMembersButNotOperationsWithoutEnd() {
    String key = TokenWriter.jwk("TpmEphemeralEncryptionKey", "encrypt", GUEST);
    String runtime =
        "{\"client-payload\":{\"nonce\":\"%s\"},\"keys\":[%s]}"
            .formatted(base64(NONCE.value().hex()), key.replace("{", "{\"x5c\":[{\"n\":1}],"));
    verified(verify(token().claim("x-ms-runtime", runtime).sign(SIGNER)));
    String most = runtime.replace("\"encrypt\"", "\"verify\",".repeat(15) + "\"encrypt\"");
    verified(verify(token().claim("x-ms-runtime", most).sign(SIGNER)));
    String more = runtime.replace("\"encrypt\"", "\"verify\",".repeat(16) + "\"encrypt\"");
    refuted(verify(token().claim("x-ms-runtime", more).sign(SIGNER)), MaaFinding.JWT_TYPE);
  }

  @Test
  void aRuntimeMayHaveMoreInItsPayloadButNotKeysWithoutEnd() {
    String key = TokenWriter.jwk("TpmEphemeralEncryptionKey", "encrypt", GUEST);
    String runtime =
        "{\"client-payload\":{\"more\":{\"nonce\":[1]},\"nonce\":\"%s\"},\"keys\":[%s]}";
    String nonce = base64(NONCE.value().hex());
    String most = runtime.formatted(nonce, String.join(",", Collections.nCopies(16, key)));
    verified(verify(token().claim("x-ms-runtime", most).sign(SIGNER)));
    String more = runtime.formatted(nonce, String.join(",", Collections.nCopies(17, key)));
    refuted(verify(token().claim("x-ms-runtime", more).sign(SIGNER)), MaaFinding.JWT_TYPE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "2dedc52a-6832-46ce-9910-e8c9980bf5a",
        "2dedc52a-6832-46ce-9910-e8c9980bf5a77",
        "2dedc52a-6832-46ce-9910-e8c9980bf5ag",
        "2dedc52a06832-46ce-9910-e8c9980bf5a7",
        "2dedc52-a6832-46ce-9910-e8c9980bf5a7"
      })
  void aVmIdThatIsNoGuidIsRefuted(String id) {
    refuted(verify(token().claimText("x-ms-azurevm-vmid", id).sign(SIGNER)), MaaFinding.JWT_TYPE);
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
}

package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.azure.AzureCvmVerifier;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SimulatedCvmBuilder;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The verdict in text and JSON, on evidence of a simulated VM under its own trust anchors. */
class VerdictTest {
  private static final Instant AT = Instant.parse("2026-06-01T00:00:00Z");
  private static final Nonce NONCE = new Nonce(Bytes.ofHex("00112233445566778899aabbccddeeff"));

  private static final AppraisalPolicy DEFAULT_POLICY =
      DefaultPolicy.azure(SimulatedCvm.builder().at(AT).build().attest(NONCE).content(), false)
          .policy();

  private final SimulatedCvmBuilder machine = SimulatedCvm.builder().at(AT).seed("verdict");

  @Test
  void anAffirmedVerdictInJsonHasExactlyTheMembersOfTheContract() throws MalformedException {
    Ran ran = print(verdict(machine.build(), NONCE, Optional.of(DEFAULT_POLICY)), true);
    Json.Obj json = ran.json();
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(json.names())
        .containsExactly("verification", "appraisal", "findings", "warnings", "checks", "claims");
    assertThat(json.require("verification").asString()).isEqualTo("verified");
    assertThat(json.require("appraisal").asString()).isEqualTo("affirmed");
    assertThat(json.require("findings").asArray(0)).isEmpty();
    assertThat(ran.codes("warnings")).containsExactly("AZURE_USER_DATA");
    assertThat(json.require("claims").asObject().names()).containsExactly("snp", "azure", "vtpm");
  }

  @Test
  void checksInJsonAreTheLedger() throws MalformedException {
    Verdict verdict = verdict(machine.build(), NONCE, Optional.empty());
    List<String> ids = verdict.verification().checks().stream().map(Check::id).toList();
    assertThat(ids).contains("snp.signature", "azure.ak", "vtpm.nonce");
    assertThat(
            print(verdict, true).json().require("checks").asArray(100).stream()
                .map(item -> ((Json.Str) item).value()))
        .containsExactlyElementsOf(ids);
  }

  @Test
  void claimsInJsonKeepTheirTypes() throws MalformedException {
    Json.Obj claims =
        print(verdict(machine.build(), NONCE, Optional.empty()), true)
            .json()
            .require("claims")
            .asObject();
    Json.Obj snp = claims.require("snp").asObject();
    assertThat(snp.require("product").asString()).isEqualTo("Genoa");
    assertThat(snp.require("reportVersion").asUnsigned(5)).isEqualTo(3);
    assertThat(snp.require("policy").asObject().require("debug").asBoolean()).isFalse();
    assertThat(snp.require("measurement").asString()).matches("[0-9a-f]{96}");
    Json.Obj vtpm = claims.require("vtpm").asObject();
    assertThat(vtpm.require("nonce").asString()).isEqualTo(NONCE.value().hex());
    assertThat(vtpm.require("pcrs").asObject().require("sha256").asObject().names()).hasSize(24);
    assertThat(claims.require("azure").asObject().require("secureBoot").asBoolean()).isTrue();
  }

  @Test
  void unsignedNumbersStayUnsigned() throws MalformedException {
    SimulatedCvm lying =
        machine.report(report -> report.version(5).launchMitigationVector(-1L)).build();
    Ran ran = print(verdict(lying, NONCE, Optional.empty()), true);
    assertThat(ran.out()).contains("\"launchMitVector\":18446744073709551615");
    assertThat(print(verdict(lying, NONCE, Optional.empty()), false).out())
        .contains("launchMitVector       18446744073709551615\n");
  }

  @Test
  void aRejectedVerdictListsEveryFindingAndKeepsItsClaims() throws MalformedException {
    SimulatedCvm unwanted = machine.debug().secureBoot(false).vmpl(1).build();
    Verdict verdict = verdict(unwanted, NONCE, Optional.of(DEFAULT_POLICY));
    Ran ran = print(verdict, true);
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.json().require("verification").asString()).isEqualTo("verified");
    assertThat(ran.json().require("appraisal").asString()).isEqualTo("rejected");
    assertThat(ran.codes("findings")).contains("SNP_DEBUG", "AZURE_SECURE_BOOT", "AZURE_VMPL");
    assertThat(ran.json().get("claims")).isPresent();

    assertThat(print(verdict, false).out())
        .startsWith("REJECTED")
        .containsSubsequence("Reasons", "SNP_DEBUG", "expected", "found", "clause    AMD 56860")
        .containsSubsequence("AZURE_SECURE_BOOT", "Claims", "measurement");
  }

  @Test
  void aRefutedVerdictHasOneReasonAndNoClaims() throws MalformedException {
    Nonce another = new Nonce(Bytes.ofHex("ffeeddccbbaa99887766554433221100"));
    Verdict verdict = verdict(machine.build(), another, Optional.of(DEFAULT_POLICY));
    Ran ran = print(verdict, true);
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.json().names())
        .containsExactly("verification", "appraisal", "findings", "warnings", "checks");
    assertThat(ran.json().require("verification").asString()).isEqualTo("refuted");
    assertThat(ran.json().require("appraisal").asString()).isEqualTo("skipped");
    Json.Obj finding = ran.json().require("findings").asArray(1).get(0).asObject();
    assertThat(finding.names()).containsExactly("code", "expected", "actual", "clause");
    assertThat(finding.require("code").asString()).isEqualTo("NONCE_MISMATCH");
    assertThat(ran.json().require("warnings").asArray(0)).isEmpty();

    assertThat(print(verdict, false).out())
        .startsWith("REFUTED")
        .contains("NONCE_MISMATCH", "vtpm.signature")
        .doesNotContain("Claims", "measurement");
  }

  @Test
  void withoutAPolicyTheVerdictSaysSo() throws MalformedException {
    Verdict verdict = verdict(machine.debug().build(), NONCE, Optional.empty());
    Ran ran = print(verdict, true);
    assertThat(ran.code()).isEqualTo(Cvm.OK);
    assertThat(ran.json().require("appraisal").asString()).isEqualTo("skipped");
    assertThat(print(verdict, false).out()).startsWith("VERIFIED, and not appraised");
  }

  @Test
  void anAffirmedVerdictInTextBeginsWithIt() {
    Verdict verdict = verdict(machine.build(), NONCE, Optional.of(DEFAULT_POLICY));
    assertThat(print(verdict, false).out())
        .startsWith("AFFIRMED: verified")
        .containsSubsequence("Warnings", "AZURE_USER_DATA", "Checks", "Claims", "secureBoot");
  }

  private static Verdict verdict(
      SimulatedCvm machine, Nonce nonce, Optional<AppraisalPolicy> policy) {
    Verification verification =
        AzureCvmVerifier.builder()
            .trustAnchors(machine.trustAnchors())
            .build()
            .verify(machine.attest(NONCE), machine.endorsements(), nonce, AT);
    return Verdict.of(verification, policy, List.of());
  }

  private static Ran print(Verdict verdict, boolean json) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PrintStream stream = new PrintStream(out, false, StandardCharsets.UTF_8)) {
      int code = VerifyOptions.report(verdict, json, new Console(stream, stream, false));
      stream.flush();
      return new Ran(code, out.toString(StandardCharsets.UTF_8), "");
    }
  }
}

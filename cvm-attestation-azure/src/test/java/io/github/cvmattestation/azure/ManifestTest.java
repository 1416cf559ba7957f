package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.internal.BoundClaims;
import io.github.cvmattestation.azure.internal.HclFormat;
import io.github.cvmattestation.azure.internal.RuntimeClaims;
import io.github.cvmattestation.snp.Revocation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every Azure case of the manifest of real evidence, under every signature backend. */
class ManifestTest {
  /** REPORTDATA in TDREPORT_STRUCT (Intel TDX Module ABI, REPORTMACSTRUCT). */
  private static final int TD_REPORT_DATA = 128;

  /** REPORT_DATA in ATTESTATION_REPORT (AMD 56860, section 7.3). */
  private static final int SNP_REPORT_DATA = 0x50;

  static Stream<Arguments> evidence() throws MalformedException {
    List<SignatureBackend> backends =
        new ArrayList<>(List.of(SignatureBackends.bouncyCastle(), SignatureBackends.jdk()));
    SignatureBackends.corretto().ifPresent(backends::add);
    return Vectors.cases("azure-evidence").stream()
        .flatMap(
            one ->
                backends.stream()
                    .map(backend -> Arguments.of(id(one), backend.name(), one, backend)));
  }

  static Stream<Arguments> allEvidence() throws MalformedException {
    return Vectors.cases("azure-evidence").stream().map(one -> Arguments.of(id(one), one));
  }

  static Stream<Arguments> reports() throws MalformedException {
    return Vectors.cases("hcl-report").stream().map(one -> Arguments.of(id(one), one));
  }

  private static String id(Json.Obj one) {
    return one.get("id").map(id -> ((Json.Str) id).value()).orElseThrow();
  }

  @ParameterizedTest(name = "{0} with {1}")
  @MethodSource("evidence")
  void realEvidenceHasTheExpectedVerdict(
      String id, String name, Json.Obj one, SignatureBackend backend) throws MalformedException {
    Json.Obj expect = one.require("expect").asObject();
    Instant at =
        one.get("at").isEmpty() ? Instant.EPOCH : Instant.parse(one.require("at").asString());
    Endorsements chain =
        one.require("files").asObject().get("intermediate").isEmpty()
            ? Endorsements.none()
            : Endorsements.ofCertificates(
                Vectors.file(one, "intermediate"), Vectors.file(one, "root"));
    Verification verdict =
        AzureCvmVerifier.builder()
            .signatures(backend)
            .revocation(Revocation.IF_SUPPLIED)
            .build()
            .verify(
                new Evidence(AzureCvmEvidence.MEDIA_TYPE, Vectors.file(one, "evidence")),
                chain,
                new Nonce(one.require("nonceHex").asHex()),
                at);
    if (expect.require("tee").asString().equals("TDX")) {
      assertThat(verdict.findings())
          .singleElement()
          .satisfies(finding -> assertThat(finding.code()).isEqualTo(AzureFinding.AZURE_TEE))
          .satisfies(finding -> assertThat(finding.actual()).contains("not verified by this"));
      return;
    }
    assertThat(expect.require("verification").asString()).isEqualTo("verified");
    assertThat(verdict.findings()).isEmpty();
    Verification.Verified verified = (Verification.Verified) verdict;
    AzureAttestation proven = AzureAttestation.of(verified.claims()).orElseThrow();
    assertThat(proven.bootSettings().tee()).isEqualTo(HclReport.ReportType.SNP);
    assertThat(proven.bootSettings().secureBoot())
        .isEqualTo(expect.require("secureBoot").asBoolean());
    if (expect.get("product").isPresent()) {
      assertThat(proven.hardwareReport().productLine().label())
          .isEqualTo(expect.require("product").asString());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("reports")
  void theClaimsOfRealReportsAreBound(String id, Json.Obj one)
      throws MalformedException, RefutedException {
    Json.Obj expect = one.require("expect").asObject();
    assertThat(expect.require("binding").asString()).isEqualTo("holds");
    HclReport report = HclFormat.read(Vectors.file(one, "hcl"));
    assertThat(report.reportType().name()).isEqualTo(expect.require("tee").asString());
    RuntimeClaims claims = RuntimeClaims.of(BoundClaims.of(report, reportData(report)));
    if (expect.get("userData").isPresent()) {
      assertThat(claims.userData()).isEqualTo(Optional.empty());
    }
    if (id.endsWith("userdata")) {
      assertThat(claims.userData().orElseThrow())
          .isEqualTo(
              Bytes.ofHex("d0cdc2b18c690b353ba5f2654ba0ac640be26e68df574745f359920158380024")
                  .concat(Bytes.zeros(32)));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("allEvidence")
  void theClaimsInRealEvidenceAreBound(String id, Json.Obj one)
      throws MalformedException, RefutedException {
    AzureCvmEvidence evidence = AzureCvmEvidence.parse(Vectors.file(one, "evidence"));
    HclReport report = HclFormat.read(evidence.hclReport());
    RuntimeClaims claims = RuntimeClaims.of(BoundClaims.of(report, reportData(report)));
    assertThat(claims.attestationKey().modulusBytes()).isEqualTo(256);
  }

  private static ReportData reportData(HclReport report) {
    int from = report.reportType() == HclReport.ReportType.SNP ? SNP_REPORT_DATA : TD_REPORT_DATA;
    return new ReportData(report.hardwareReport().slice(from, from + ReportData.SIZE));
  }
}

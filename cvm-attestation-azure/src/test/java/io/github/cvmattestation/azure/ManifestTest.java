package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.internal.BoundClaims;
import io.github.cvmattestation.azure.internal.HclFormat;
import io.github.cvmattestation.azure.internal.RuntimeClaims;
import io.github.cvmattestation.snp.Revocation;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdReport;
import io.github.cvmattestation.tdx.TdxFinding;
import io.github.cvmattestation.tdx.TdxVerifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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
          .satisfies(finding -> assertThat(finding.code()).isEqualTo(CoreFinding.CERT_DATES));
      requireSignaturesHold(AzureCvmEvidence.parse(Vectors.file(one, "evidence")), chain, one);
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
      assertThat(proven.snp().orElseThrow().productLine().label())
          .isEqualTo(expect.require("product").asString());
    }
  }

  /** No collateral is stored for it: all that can hold without must hold, and no more is said. */
  private static void requireSignaturesHold(
      AzureCvmEvidence evidence, Endorsements none, Json.Obj one) throws MalformedException {
    Bytes raw = ((AzureCvmEvidence.TdQuote) evidence.hardware()).quote();
    TdQuote quote = TdQuote.parse(raw);
    DerCertificate pck = CertificateBundle.parse(quote.qe().pckChain()).get(0);
    Instant at = pck.validity().notBefore().plusSeconds(1);
    assertThat(TdxVerifier.create().brokenSignature(raw, at)).isEmpty();
    HclReport hcl = HclReport.parse(evidence.hclReport());
    TdReport tdReport = TdReport.parse(hcl.hardwareReport());
    assertThat(tdReport.wrongHash()).isEmpty();
    assertThat(tdReport.firstDifference(quote.body())).isEmpty();
    assertThat(quote.body().rtmrs()).allMatch(Bytes::isZero);
    Verification verdict =
        AzureCvmVerifier.create()
            .verify(evidence.toEvidence(), none, new Nonce(one.require("nonceHex").asHex()), at);
    assertThat(verdict.findings())
        .singleElement()
        .satisfies(finding -> assertThat(finding.code()).isEqualTo(TdxFinding.COLLATERAL_MISSING));
  }

  /** The vTPM's quote is bound to the TD quote's REPORTDATA, whatever the platform's TCB. */
  @Test
  void theQuoteOfTheRealTdxMachineIsMadeByTheKeyThatItsTdVouchesFor()
      throws MalformedException, RefutedException {
    for (Json.Obj one : Vectors.cases("azure-evidence")) {
      AzureCvmEvidence evidence = AzureCvmEvidence.parse(Vectors.file(one, "evidence"));
      if (evidence.hardware() instanceof AzureCvmEvidence.TdQuote td) {
        HclReport report = HclFormat.read(evidence.hclReport());
        ReportData signed = new ReportData(TdQuote.parse(td.quote()).body().reportData());
        RuntimeClaims claims = RuntimeClaims.of(BoundClaims.of(report, signed));
        VerificationKey key = SignatureBackends.jdk().prepare(claims.attestationKey());
        AzureCvmEvidence.Quote quote = evidence.quote();
        assertThat(key.verifies(SignatureScheme.RSASSA_SHA256, quote.message(), quote.signature()))
            .isTrue();
      }
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

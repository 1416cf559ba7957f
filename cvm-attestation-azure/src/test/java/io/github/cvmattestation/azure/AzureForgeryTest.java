package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.Forge.AT;
import static io.github.cvmattestation.azure.Forge.NONCE;
import static io.github.cvmattestation.azure.Forge.assertRefuted;
import static io.github.cvmattestation.azure.Forge.machine;
import static io.github.cvmattestation.azure.Forge.verified;
import static io.github.cvmattestation.azure.Forge.verifier;
import static io.github.cvmattestation.azure.Forge.verify;
import static io.github.cvmattestation.azure.Forge.withHclReport;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.azure.AzureCvmEvidence.Form;
import io.github.cvmattestation.azure.AzureCvmEvidence.TdQuote;
import io.github.cvmattestation.azure.AzureCvmEvidence.Vcek;
import io.github.cvmattestation.snp.SnpFinding;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.HclReportWriter;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.Tampering;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Forged evidence, each re-signed so that it reaches the one check that must refuse it. */
class AzureForgeryTest {
  private static final SimulatedCvm CVM = machine().build();

  @ParameterizedTest
  @CsvSource({"MILAN,2,0", "MILAN,3,1", "GENOA,3,2", "GENOA,5,0", "TURIN,4,1", "TURIN,5,2"})
  void healthyEvidenceIsVerified(Line line, int reportVersion, int evidenceVersion) {
    SimulatedCvm cvm =
        machine().line(line).reportVersion(reportVersion).evidenceVersion(evidenceVersion).build();
    AzureAttestation proven = AzureAttestation.of(verified(verify(cvm)).claims()).orElseThrow();
    assertThat(proven.osMeasurements().nonce()).isEqualTo(NONCE.value());
    assertThat(proven.osMeasurements().banks().get(0).values()).isEqualTo(cvm.pcrs());
  }

  /** Case 53. */
  @Test
  void oneSpaceInTheClaimsIsRefuted() {
    String spaced = Forge.claims(CVM.hclReport()).replaceFirst(",", ", ");
    Bytes hcl = HclReportWriter.snp(spaced).write(hardwareReport(CVM));
    assertRefuted(verify(CVM, withHclReport(CVM, hcl)), AzureFinding.RUNTIME_HASH);
  }

  /** Case 54. */
  @Test
  void aClaimsSizeThatReachesIntoThePaddingIsRefuted() {
    int size = Forge.claims(CVM.hclReport()).length() + 4;
    SimulatedCvm cvm =
        machine().hcl(h -> h.claimsSize(size).dataSize(size + 20).reportSize(size + 1236)).build();
    assertRefuted(verify(cvm), AzureFinding.RUNTIME_LENGTH);
    assertRefuted(
        verify(machine().hcl(h -> h.claimsSize(size)).build()), AzureFinding.RUNTIME_LENGTH);
    HclReportWriter hashed = HclReportWriter.snp(Forge.claims(CVM.hclReport()) + "\0\0\0\0");
    Bytes hcl = hashed.write(CVM.snpReport(hashed.reportData()));
    assertRefuted(verify(CVM, withHclReport(CVM, hcl)), AzureFinding.RUNTIME_LENGTH);
  }

  @Test
  void aVmIdWrittenOverTheGenuineOneIsRefuted() {
    String id = "\"vmUniqueId\":\"";
    String claims = Forge.claims(CVM.hclReport());
    int at = claims.indexOf(id) + id.length();
    String other = claims.substring(0, at) + "F9E8D7C6" + claims.substring(at + 8);
    assertThat(other).isNotEqualTo(claims).hasSameSizeAs(claims);
    Bytes hcl = HclReportWriter.snp(other).write(hardwareReport(CVM));
    assertRefuted(verify(CVM, withHclReport(CVM, hcl)), AzureFinding.RUNTIME_HASH);
  }

  /** Case 55. */
  @Test
  void aTdReportInTheSlotOfAnSnpReportIsRefuted() {
    HclReportWriter hcl = HclReportWriter.snp(Forge.claims(CVM.hclReport()));
    Bytes report = HclReportWriter.bareTdReport(hcl.reportData());
    assertRefuted(verify(CVM, withHclReport(CVM, hcl.write(report))), AzureFinding.RUNTIME_TYPE);
  }

  /** Case 56. */
  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3, 4})
  void aChangedHashTypeIsRefuted(int type) {
    assertRefuted(
        verify(machine().hcl(h -> h.declaredHashType(type)).build()), AzureFinding.RUNTIME_HASH);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void claimsHashedWithALongerDigestAreVerified(int type) {
    verified(verify(machine().hcl(h -> h.hashType(type)).build()));
  }

  @Test
  void reportDataBehindTheDigestMustBeZero() {
    HclReportWriter hcl = HclReportWriter.snp(Forge.claims(CVM.hclReport()));
    byte[] reportData = hcl.reportData().value().toArray();
    reportData[63] = 1;
    Bytes report = CVM.snpReport(new ReportData(Bytes.of(reportData)));
    assertRefuted(verify(CVM, withHclReport(CVM, hcl.write(report))), AzureFinding.RUNTIME_HASH);
  }

  /** Case 59. */
  @ParameterizedTest
  @ValueSource(strings = {"secure-boot", "tpm-enabled", "console-enabled", "vmUniqueId"})
  void aMissingClaimIsRefuted(String name) {
    assertRefuted(
        verify(machine().claims(c -> c.withoutConfiguration(name)).build()),
        AzureFinding.CLAIM_MISSING);
  }

  /** Case 60. */
  @ParameterizedTest
  @ValueSource(strings = {"\"true\"", "1", "null", "[true]", "{}"})
  void secureBootOfAnotherTypeIsRefuted(String json) {
    assertRefuted(
        verify(machine().claims(c -> c.configuration("secure-boot", json)).build()),
        AzureFinding.CLAIM_TYPE);
  }

  @Test
  void aSecondSecureBootIsRefuted() {
    assertRefuted(
        verify(machine().claims(c -> c.member("vm-configuration", "{}")).build()),
        AzureFinding.CLAIM_FORMAT);
  }

  @Test
  void productionAnchorsRefuseASimulatedMachine() {
    Verification verdict =
        AzureCvmVerifier.create().verify(CVM.attest(NONCE), CVM.endorsements(), NONCE, AT);
    assertThat(verdict).isInstanceOf(Verification.Refuted.class);
    assertThat(verdict.findings().get(0).code()).isInstanceOf(SnpFinding.class);
  }

  @Test
  void withoutACrlTheStrictDefaultRefuses() {
    Verification verdict =
        verifier(CVM)
            .verify(
                CVM.attest(NONCE),
                Endorsements.ofCertificates(CVM.pki().chainPem(CVM.line())),
                NONCE,
                AT);
    assertRefuted(verdict, SnpFinding.SNP_REVOCATION_UNKNOWN);
  }

  @Test
  void aForgedHardwareReportIsRefutedBeforeAnyClaimIsRead() {
    Bytes claimless = HclReportWriter.snp("{}").write(Tampering.flipBit(hardwareReport(CVM), 800));
    assertRefuted(verify(CVM, withHclReport(CVM, claimless)), SnpFinding.SNP_SIGNATURE);
  }

  @Test
  void aTdQuoteBesideTheReportOfAnSnpMachineIsRefused() throws MalformedException {
    AzureCvmEvidence snp = AzureCvmEvidence.parse(CVM.attest(NONCE).content());
    AzureCvmEvidence tdx =
        new AzureCvmEvidence(
            Form.V1, true, snp.hclReport(), snp.quote(), new TdQuote(Bytes.ofHex("0400")));
    assertRefuted(verify(CVM, tdx.toEvidence()), AzureFinding.AZURE_TEE);
  }

  @Test
  void aTdxReportInSnpEvidenceIsRefused() {
    HclReportWriter hcl = HclReportWriter.tdx(Forge.claims(CVM.hclReport()));
    Bytes report = hcl.write(HclReportWriter.bareTdReport(hcl.reportData()));
    assertRefuted(verify(CVM, withHclReport(CVM, report)), AzureFinding.AZURE_TEE);
  }

  @ParameterizedTest
  @EnumSource(Form.class)
  void aLeafThatIsNotOneCertificateIsRefused(Form form) throws MalformedException {
    AzureCvmEvidence snp = AzureCvmEvidence.parse(CVM.attest(NONCE).content());
    Bytes der = CVM.leaf().certificate();
    List<Bytes> others =
        form == Form.V0
            ? List.of(Bytes.empty(), der, FakeAmdPki.pem(der, der), FakeAmdPki.pem("KEY", der))
            : List.of(Bytes.empty(), FakeAmdPki.pem(der), der.concat(der), CVM.certificateTable());
    for (Bytes other : others) {
      boolean ascii = IntStream.range(0, other.size()).allMatch(i -> other.get(i) < 0x80);
      if (form == Form.V0 && !ascii) {
        continue; // no JSON of this form can hold it
      }
      AzureCvmEvidence forged =
          new AzureCvmEvidence(form, false, snp.hclReport(), snp.quote(), new Vcek(other));
      assertRefuted(verify(CVM, forged.toEvidence()), AzureFinding.EVIDENCE_FORMAT);
    }
  }

  @Test
  void aLeafThatTheCallerHasToo() {
    Endorsements both = CVM.endorsements().withCertificates(CVM.leaf().certificate());
    verified(verifier(CVM).verify(CVM.attest(NONCE), both, NONCE, AT));
  }

  @Test
  void anotherLeafThanTheCallersIsRefused() {
    Endorsements other =
        CVM.endorsements().withCertificates(CVM.pki().vcek(CVM.line()).certificate());
    assertRefuted(
        verifier(CVM).verify(CVM.attest(NONCE), other, NONCE, AT), SnpFinding.SNP_CERTIFICATES);
  }

  @Test
  void anotherMediaTypeIsRefused() {
    Evidence evidence = new Evidence("application/json", CVM.attest(NONCE).content());
    assertRefuted(verify(CVM, evidence), AzureFinding.EVIDENCE_FORMAT);
  }

  @Test
  void textThatIsNoEvidenceIsRefused() {
    assertRefuted(verify(CVM, Forge.json("[]")), AzureFinding.EVIDENCE_FORMAT);
  }

  private static Bytes hardwareReport(SimulatedCvm cvm) {
    return cvm.hclReport().slice(32, 32 + 1184);
  }
}

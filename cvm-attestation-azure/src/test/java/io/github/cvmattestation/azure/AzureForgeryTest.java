package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.Forge.AT;
import static io.github.cvmattestation.azure.Forge.NONCE;
import static io.github.cvmattestation.azure.Forge.assertRefuted;
import static io.github.cvmattestation.azure.Forge.machine;
import static io.github.cvmattestation.azure.Forge.verified;
import static io.github.cvmattestation.azure.Forge.verifier;
import static io.github.cvmattestation.azure.Forge.verify;
import static io.github.cvmattestation.azure.Forge.withHclReport;
import static io.github.cvmattestation.azure.Forge.withQuote;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.azure.AzureCvmEvidence.Form;
import io.github.cvmattestation.azure.AzureCvmEvidence.TdQuote;
import io.github.cvmattestation.azure.AzureCvmEvidence.Vcek;
import io.github.cvmattestation.snp.Revocation;
import io.github.cvmattestation.snp.SnpFinding;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.HclReportWriter;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.PcrSelection;
import io.github.cvmattestation.testkit.RsaSigningKey;
import io.github.cvmattestation.testkit.SignedQuote;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.Tampering;
import io.github.cvmattestation.testkit.TpmQuoteWriter;
import io.github.cvmattestation.vtpm.TpmFinding;
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
  private static final Bytes OLD = Bytes.ofHex("11".repeat(64));
  private static final Bytes NEW = Bytes.ofHex("22".repeat(64));

  @ParameterizedTest
  @CsvSource({"MILAN,2,0", "MILAN,3,1", "GENOA,3,2", "GENOA,5,0", "TURIN,4,1", "TURIN,5,2"})
  void healthyEvidenceIsVerified(Line line, int reportVersion, int evidenceVersion) {
    SimulatedCvm cvm =
        machine().line(line).reportVersion(reportVersion).evidenceVersion(evidenceVersion).build();
    AzureAttestation proven = AzureAttestation.of(verified(verify(cvm)).claims()).orElseThrow();
    assertThat(proven.osMeasurements().nonce()).isEqualTo(NONCE.value());
    assertThat(proven.osMeasurements().banks().get(0).values()).isEqualTo(cvm.pcrs());
  }

  // 53
  @Test
  void oneSpaceInTheClaimsIsRefuted() {
    String spaced = Forge.claims(CVM.hclReport()).replaceFirst(",", ", ");
    Bytes hcl = HclReportWriter.snp(spaced).write(hardwareReport(CVM));
    assertRefuted(verify(CVM, withHclReport(CVM, hcl)), AzureFinding.RUNTIME_HASH);
  }

  // 54
  @Test
  void aClaimsSizeThatReachesIntoThePaddingIsRefuted() {
    int size = Forge.claims(CVM.hclReport()).length() + 4;
    SimulatedCvm cvm =
        machine().hcl(h -> h.claimsSize(size).dataSize(size + 20).reportSize(size + 1236)).build();
    assertRefuted(verify(cvm), AzureFinding.RUNTIME_LENGTH);
    assertRefuted(
        verify(machine().hcl(h -> h.claimsSize(size)).build()), AzureFinding.RUNTIME_LENGTH);
  }

  // 55
  @Test
  void aTdReportInTheSlotOfAnSnpReportIsRefuted() {
    HclReportWriter hcl = HclReportWriter.snp(Forge.claims(CVM.hclReport()));
    Bytes report = HclReportWriter.bareTdReport(hcl.reportData());
    assertRefuted(verify(CVM, withHclReport(CVM, hcl.write(report))), AzureFinding.RUNTIME_TYPE);
  }

  // 56
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

  // 58; A1
  @Test
  void userDataOfAnEarlierRequestIsRefuted() {
    SimulatedCvm cvm = machine().userData(OLD).build();
    assertRefuted(verifyUserData(cvm, NEW), CoreFinding.NONCE_MISMATCH);
    verified(verifyUserData(cvm, OLD));
  }

  @Test
  void userDataIsComparedInAll64Bytes() {
    for (int at : new int[] {0, 31, 32, 63}) {
      byte[] other = OLD.toArray();
      other[at] ^= 1;
      SimulatedCvm cvm = machine().userData(Bytes.of(other)).build();
      assertRefuted(verifyUserData(cvm, OLD), CoreFinding.NONCE_MISMATCH);
    }
  }

  @Test
  void userDataIsReadInEitherLetterCase() {
    Bytes letters = Bytes.ofHex("ab".repeat(64));
    verified(verifyUserData(machine().claims(c -> c.userDataUpperCase(letters)).build(), letters));
    verified(verifyUserData(machine().claims(c -> c.userData(letters)).build(), letters));
  }

  @Test
  void absentUserDataIsRefutedWhereItWasAskedFor() {
    SimulatedCvm cvm = machine().claims(c -> c.withoutUserData()).build();
    assertRefuted(verifyUserData(cvm, Bytes.zeros(64)), CoreFinding.NONCE_MISMATCH);
    assertThat(verified(verify(cvm)).notes())
        .anyMatch(note -> note.code() == AzureFinding.AZURE_USER_DATA);
  }

  // 59
  @ParameterizedTest
  @ValueSource(strings = {"secure-boot", "tpm-enabled", "console-enabled", "vmUniqueId"})
  void aMissingClaimIsRefuted(String name) {
    assertRefuted(
        verify(machine().claims(c -> c.withoutConfiguration(name)).build()),
        AzureFinding.CLAIM_MISSING);
  }

  // 60
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

  // 61
  @Test
  void halvesOfTwoReportsJoinedAreRefuted() {
    Bytes before = machine().userData(OLD).build().hclReport();
    SimulatedCvm cvm = machine().userData(NEW).build();
    Bytes after = cvm.hclReport();
    assertThat(before.size()).isEqualTo(after.size());
    for (int cut : new int[] {1216, 1236, 1500}) {
      Bytes joined = before.slice(0, cut).concat(after.slice(cut, after.size()));
      assertRefuted(verify(cvm, withHclReport(cvm, joined)), AzureFinding.RUNTIME_HASH);
    }
  }

  // 36
  @Test
  void aQuoteByAKeyThatTheClaimsDoNotNameIsRefuted() {
    RsaSigningKey other = RsaSigningKey.of(2048, "planted");
    SignedQuote quote =
        TpmQuoteWriter.of(CVM.pcrs()).extraData(NONCE.value()).signRsassa(other, "SHA-256");
    assertRefuted(verify(CVM, withQuote(CVM, quote)), AzureFinding.AK_UNBOUND);
  }

  // 36, as far as real machines go: one's report with the other's quote.
  @Test
  void theQuoteOfAnotherRealMachineIsRefuted() throws MalformedException {
    AzureCvmEvidence milan = real("snp-milan-v1");
    AzureCvmEvidence genoa = real("snp-genoa-v0");
    AzureCvmEvidence joined =
        new AzureCvmEvidence(Form.V1, false, milan.hclReport(), genoa.quote(), milan.hardware());
    assertRefuted(verifyReal(joined), AzureFinding.AK_UNBOUND);
  }

  // 32
  @Test
  void aDamagedSignatureOfTheRightKeyIsCalledThat() throws MalformedException {
    AzureCvmEvidence milan = real("snp-milan-v1");
    AzureCvmEvidence.Quote quote = milan.quote();
    for (AzureCvmEvidence.Quote damaged :
        List.of(
            new AzureCvmEvidence.Quote(
                quote.message(), Tampering.flipBit(quote.signature(), 100), quote.pcrs()),
            new AzureCvmEvidence.Quote(
                Tampering.flipBit(quote.message(), 8 * quote.message().size() - 1),
                quote.signature(),
                quote.pcrs()))) {
      assertRefuted(
          verifyReal(
              new AzureCvmEvidence(Form.V1, false, milan.hclReport(), damaged, milan.hardware())),
          TpmFinding.TPM_SIGNATURE);
    }
  }

  @Test
  void twoAttestationKeysAreRefuted() {
    RsaSigningKey other = RsaSigningKey.of(2048, "planted");
    assertRefuted(
        verify(
            machine().claims(c -> c.key("HCLAkPub", "sign", other)).hcl(h -> h.size(2900)).build()),
        AzureFinding.CLAIM_FORMAT);
  }

  @Test
  void noAttestationKeyIsRefuted() {
    assertRefuted(
        verify(machine().claims(c -> c.withoutKeys()).build()), AzureFinding.CLAIM_MISSING);
  }

  // 41, for the key.
  @Test
  void aShortAttestationKeyIsRefuted() {
    RsaSigningKey weak = RsaSigningKey.of(1024, "weak");
    assertRefuted(
        verify(machine().claims(c -> c.withoutKeys().key("HCLAkPub", "sign", weak)).build()),
        TpmFinding.TPM_WEAK);
  }

  // 35, and its like.
  @Test
  void aNonceThatIsNotExactlyTheVerifiersIsRefuted() {
    Bytes nonce = NONCE.value();
    for (Bytes other :
        List.of(
            nonce.concat(Bytes.zeros(1)),
            nonce.slice(0, nonce.size() - 1),
            Bytes.zeros(nonce.size()),
            Bytes.empty())) {
      SignedQuote quote = CVM.quote(other);
      assertRefuted(verify(CVM, withQuote(CVM, quote)), CoreFinding.NONCE_MISMATCH);
    }
  }

  // 40
  @Test
  void aQuoteOfTheSha1BankIsRefuted() {
    SimulatedCvm cvm =
        machine().quote(q -> q.selections(PcrSelection.of(PcrSelection.SHA1, all()))).build();
    assertRefuted(verify(cvm), TpmFinding.PCR_BANK);
  }

  // 39
  @Test
  void aRegisterOutsideTheQuotedSelectionIsRefuted() {
    SimulatedCvm cvm =
        machine().quote(q -> q.selections(PcrSelection.of(PcrSelection.SHA256, 0, 1, 7))).build();
    assertRefuted(verify(cvm), TpmFinding.PCR_UNQUOTED);
  }

  // 34
  @Test
  void aCertifyStructureIsNoQuote() {
    // TPMS_CERTIFY_INFO: two Names, here of nothing that exists.
    Bytes name = Bytes.ofHex("0022000b" + "5a".repeat(32));
    SimulatedCvm cvm =
        machine().quote(q -> q.type(TpmQuoteWriter.CERTIFY).attested(name.concat(name))).build();
    assertRefuted(verify(cvm), TpmFinding.TPM_TYPE);
  }

  // 33
  @Test
  void aSignedTextThatTheTpmDidNotComposeIsRefuted() {
    assertRefuted(verify(machine().quote(q -> q.magic(0x12345678)).build()), TpmFinding.TPM_MAGIC);
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

  private static Integer[] all() {
    return IntStream.range(0, 24).boxed().toArray(Integer[]::new);
  }

  private static Bytes hardwareReport(SimulatedCvm cvm) {
    return cvm.hclReport().slice(32, 32 + 1184);
  }

  private static Verification verifyUserData(SimulatedCvm cvm, Bytes expected) {
    return verifier(cvm)
        .verify(cvm.attest(NONCE), cvm.endorsements(), NONCE, new ReportData(expected), AT);
  }

  private static AzureCvmEvidence real(String name) throws MalformedException {
    return AzureCvmEvidence.parse(Vectors.read("azure/" + name + "/evidence.json"));
  }

  private static Verification verifyReal(AzureCvmEvidence evidence) {
    Endorsements chain =
        Endorsements.ofCertificates(
            Vectors.read("amd/milan-ask.pem"), Vectors.read("amd/milan-ark.pem"));
    return AzureCvmVerifier.builder()
        .revocation(Revocation.IF_SUPPLIED)
        .build()
        .verify(evidence.toEvidence(), chain, new Nonce(Bytes.of("challenge".getBytes())), AT);
  }
}

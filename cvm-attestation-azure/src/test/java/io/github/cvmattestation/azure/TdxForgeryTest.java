package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.Forge.AT;
import static io.github.cvmattestation.azure.Forge.NONCE;
import static io.github.cvmattestation.azure.Forge.assertRefuted;
import static io.github.cvmattestation.azure.Forge.json;
import static io.github.cvmattestation.azure.Forge.verified;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.Claims;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.snp.AmdTrustAnchors;
import io.github.cvmattestation.tdx.CollateralMemory;
import io.github.cvmattestation.tdx.TdxFinding;
import io.github.cvmattestation.tdx.TdxPolicy;
import io.github.cvmattestation.testkit.SignedQuote;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SimulatedCvmBuilder;
import io.github.cvmattestation.testkit.TdReportWriter;
import io.github.cvmattestation.vtpm.TpmFinding;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Forged evidence of TDX machines, each re-signed so that it reaches the check that must refuse.
 */
class TdxForgeryTest {
  private static final SimulatedCvm CVM = machine().build();
  private static final Bytes OTHER = Bytes.ofHex("5a".repeat(48));

  private static SimulatedCvmBuilder machine() {
    return Forge.machine().tdx();
  }

  @Test
  void aHealthyMachineIsVerifiedByExactlyTheseChecks() {
    Verification.Verified verdict = verified(Forge.verify(CVM));
    assertThat(verdict.checks())
        .extracting(Check::id)
        .containsExactly(
            "azure.format",
            "azure.hcl-report",
            "azure.report-type",
            "tdx.format",
            "tdx.pck-chain",
            "tdx.pck-dates",
            "tdx.tcb-signer",
            "tdx.crls",
            "tdx.collateral-signatures",
            "tdx.collateral-dates",
            "tdx.revocation",
            "tdx.collateral-scope",
            "tdx.qe-signature",
            "tdx.qe-binding",
            "tdx.qe-identity",
            "tdx.signature",
            "tdx.module",
            "tdx.tcb",
            "azure.td-report",
            "azure.runtime-claims",
            "azure.claims",
            "azure.ak",
            "vtpm.scheme",
            "vtpm.signature",
            "vtpm.magic",
            "vtpm.type",
            "vtpm.banks",
            "vtpm.selection",
            "vtpm.pcr-digest",
            "vtpm.nonce");
    assertThat(verdict.claims().groups())
        .extracting(Claims::id)
        .containsExactly("tdx", "azure", "vtpm");
    AzureAttestation parts = AzureAttestation.of(verdict.claims()).orElseThrow();
    assertThat(parts.bootSettings().tee()).isEqualTo(HclReport.ReportType.TDX);
    assertThat(parts.snp()).isEmpty();
    assertThat(parts.hardwareReport()).isSameAs(parts.tdx().orElseThrow());
    // MRTD: TDREPORT begins at 32, TDINFO at 512 of it, MRTD at 16 of that.
    assertThat(parts.firmwareMeasurement()).isEqualTo(CVM.hclReport().slice(560, 608));
    assertThat(parts.osMeasurements().banks().get(0).values()).isEqualTo(CVM.pcrs());
  }

  static Stream<Arguments> otherReports() {
    Map<String, UnaryOperator<TdReportWriter>> changes =
        Map.of(
            "TEE_TCB_SVN", r -> r.teeTcbSvn(Bytes.ofHex("07").concat(Bytes.zeros(15))),
            "MRSEAM", r -> r.mrSeam(OTHER),
            "ATTRIBUTES", r -> r.tdAttributes(1),
            "XFAM", r -> r.xfam(3),
            "MRTD", r -> r.mrTd(OTHER),
            "MRCONFIGID", r -> r.mrConfigId(OTHER),
            "MROWNER", r -> r.mrOwner(OTHER),
            "MROWNERCONFIG", r -> r.mrOwnerConfig(OTHER),
            "RTMR3", r -> r.rtmr(3, OTHER),
            "hash", r -> r.tdInfoHash(OTHER));
    return changes.entrySet().stream()
        .map(change -> Arguments.of(change.getKey(), change.getValue()));
  }

  /** The quote is the healthy machine's; the HCL report has the TDREPORT of another TD. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("otherReports")
  void aTdReportThatTheQuoteWasNotMadeFromIsRefused(
      String field, UnaryOperator<TdReportWriter> change) throws MalformedException {
    SimulatedCvm other = machine().tdReport(change).build();
    AzureCvmEvidence genuine = AzureCvmEvidence.parse(CVM.attest(NONCE).content());
    AzureCvmEvidence forged =
        new AzureCvmEvidence(
            genuine.form(),
            genuine.wrapped(),
            other.hclReport(),
            genuine.quote(),
            genuine.hardware());
    Verification verdict = Forge.verify(CVM, forged.toEvidence());
    assertRefuted(verdict, AzureFinding.AZURE_TD_REPORT);
  }

  private static Verification verify(Endorsements endorsements) {
    return Forge.verifier(CVM).verify(CVM.attest(NONCE), endorsements, NONCE, AT);
  }

  @Test
  void withoutCollateralNothingIsBelieved() {
    assertRefuted(verify(Endorsements.none()), TdxFinding.COLLATERAL_MISSING);
    Bytes bundle = CVM.endorsements().documents().get(0);
    assertRefuted(
        verify(Endorsements.none().withDocument(bundle).withDocument(bundle)),
        TdxFinding.COLLATERAL_MISSING);
    // A bundle with nothing in it.
    assertRefuted(
        verify(Endorsements.none().withDocument(Bytes.ofHex("7b7d"))),
        TdxFinding.COLLATERAL_MISSING);
  }

  static Stream<Arguments> lies() {
    return Stream.of(
        Arguments.of(
            "collateral of another family",
            machine().tcbInfo(info -> info.fmspc(Bytes.ofHex("00a06f000000"))),
            TdxFinding.TDX_FMSPC),
        Arguments.of(
            "a quoting enclave of somebody else's",
            machine().tdQuote(q -> q.qeReport(r -> r.mrSigner(Bytes.ofHex("5a".repeat(32))))),
            TdxFinding.TDX_QE_IDENTITY),
        Arguments.of(
            "claims that are not the signed ones",
            machine().hcl(h -> h.patch(1240, Bytes.ofHex("21"))),
            AzureFinding.RUNTIME_HASH),
        Arguments.of(
            "no Secure Boot in the claims",
            machine().claims(c -> c.withoutConfiguration("secure-boot")),
            AzureFinding.CLAIM_MISSING));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("lies")
  void isRefuted(String lie, SimulatedCvmBuilder builder, FindingCode code) {
    assertRefuted(Forge.verify(builder.build()), code);
  }

  @Test
  void aRevokedPlatformIsRefused() {
    SimulatedCvm revoked = machine().build();
    SimulatedCvm cvm =
        machine()
            .collateral(
                c ->
                    c.withPckCrl(
                        revoked
                            .intelPki()
                            .crl(revoked.intelPki().platformCrlSpec().revoking(revoked.pck()))))
            .build();
    assertRefuted(Forge.verify(cvm), TdxFinding.TDX_REVOKED);
  }

  @Test
  void theQuoteOfAnotherMachineDoesNotCarryThisOnesVtpm() throws MalformedException {
    SimulatedCvm stranger = Forge.machine().seed("stranger").tdx().build();
    SignedQuote foreign = stranger.quote(NONCE.value());
    AzureCvmEvidence own = AzureCvmEvidence.parse(CVM.attest(NONCE).content());
    AzureCvmEvidence.Quote forged =
        new AzureCvmEvidence.Quote(
            foreign.message(), foreign.signature(), List.copyOf(stranger.pcrs().values()));
    AzureCvmEvidence mixed =
        new AzureCvmEvidence(own.form(), own.wrapped(), own.hclReport(), forged, own.hardware());
    Verification verdict = Forge.verify(CVM, mixed.toEvidence());
    assertThat(verdict.findings())
        .extracting(Finding::code)
        .containsAnyOf(AzureFinding.AK_UNBOUND, TpmFinding.TPM_SIGNATURE);
  }

  @Test
  void anotherNonceIsRefused() {
    Nonce other = new Nonce(Bytes.ofHex("00".repeat(16)));
    assertRefuted(
        Forge.verifier(CVM).verify(CVM.attest(NONCE), CVM.endorsements(), other, AT),
        CoreFinding.NONCE_MISMATCH);
    Bytes userData = Bytes.ofHex("77".repeat(64));
    assertRefuted(
        Forge.verifier(CVM)
            .verify(CVM.attest(NONCE), CVM.endorsements(), NONCE, new ReportData(userData), AT),
        CoreFinding.NONCE_MISMATCH);
  }

  @Test
  void amdsKeysVouchForNoQuoteOfIntels() {
    AzureCvmVerifier amdOnly =
        AzureCvmVerifier.builder().trustAnchors(AmdTrustAnchors.published()).build();
    assertRefuted(
        amdOnly.verify(CVM.attest(NONCE), CVM.endorsements(), NONCE, AT), TdxFinding.TDX_ROOT);
  }

  @Test
  void collateralBelowTheFloorOrOlderThanRememberedIsRefused() {
    AzureCvmVerifier.Builder builder = AzureCvmVerifier.builder().trustAnchors(CVM.trustAnchors());
    assertRefuted(
        builder
            .minimumEvaluationDataNumber(1000)
            .build()
            .verify(CVM.attest(NONCE), CVM.endorsements(), NONCE, AT),
        TdxFinding.COLLATERAL_ROLLBACK);
    SimulatedCvm newer = machine().tcbInfo(info -> info.evaluationDataNumber(500)).build();
    AzureCvmVerifier remembering =
        builder.minimumEvaluationDataNumber(0).memory(CollateralMemory.inProcess()).build();
    verified(remembering.verify(newer.attest(NONCE), newer.endorsements(), NONCE, AT));
    assertRefuted(
        remembering.verify(CVM.attest(NONCE), CVM.endorsements(), NONCE, AT),
        TdxFinding.COLLATERAL_ROLLBACK);
  }

  @Test
  void anSnpLeafBesideATdReportIsRefused() throws MalformedException {
    SimulatedCvm snp = Forge.machine().build();
    AzureCvmEvidence own = AzureCvmEvidence.parse(CVM.attest(NONCE).content());
    AzureCvmEvidence mixed =
        new AzureCvmEvidence(
            own.form(),
            own.wrapped(),
            own.hclReport(),
            own.quote(),
            new AzureCvmEvidence.Vcek(snp.leaf().certificate()));
    assertRefuted(Forge.verify(CVM, mixed.toEvidence()), AzureFinding.AZURE_TEE);
    assertRefuted(Forge.verify(CVM, json("{}")), AzureFinding.EVIDENCE_FORMAT);
  }

  @Test
  void aRuleAboutAnRtmrIsNotPassedByAParavisorThatExtendsNone() {
    Verification.Verified verdict = verified(Forge.verify(CVM));
    AzurePolicy azure = AzurePolicy.builder().ignoreVmUniqueId().ignorePcrs().build();
    assertThat(AppraisalPolicy.of(policy().ignoreRtmrs().build(), azure).appraise(verdict))
        .isInstanceOf(AttestationResult.Affirmed.class);
    AttestationResult result =
        AppraisalPolicy.of(policy().requireRtmr(2, Set.of(Bytes.zeros(48))).build(), azure)
            .appraise(verdict);
    assertThat(result.findings())
        .extracting(Finding::code)
        .containsExactly(TdxFinding.TDX_RTMR_UNUSED);
  }

  private static TdxPolicy.Builder policy() {
    return TdxPolicy.builder()
        .ignoreMrTd()
        .ignoreReportData()
        .ignoreMrConfigId()
        .ignoreMrOwner()
        .ignoreMrOwnerConfig()
        .ignorePlatform();
  }
}

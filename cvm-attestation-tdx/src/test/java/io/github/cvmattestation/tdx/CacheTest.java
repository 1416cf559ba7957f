package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Scene.ATTACKER;
import static io.github.cvmattestation.tdx.Scene.NOW;
import static io.github.cvmattestation.tdx.Scene.PKI;
import static io.github.cvmattestation.tdx.Scene.assertRefuted;
import static io.github.cvmattestation.tdx.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.testkit.FakeIntelPki;
import io.github.cvmattestation.testkit.IntelCertificate;
import io.github.cvmattestation.testkit.TcbLevelWriter;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** Signatures are remembered, verdicts are not. */
@ParameterizedClass(name = "{0}")
@MethodSource("io.github.cvmattestation.tdx.Backends#all")
class CacheTest {
  private final SignatureBackend backend;
  private final TdxVerifier verifier;

  CacheTest(SignatureBackend backend) {
    this.backend = backend;
    verifier = Scene.verifier().signatures(backend).build();
  }

  @BeforeEach
  void everythingHealthyIsRemembered() {
    proven(Scene.v4().verify(verifier));
    proven(Scene.v5().verify(verifier));
    proven(Scene.v4().fromProcessorCa().verify(verifier));
  }

  @Test
  void revocationIsAskedAnewAtEachCall() {
    assertRefuted(
        Scene.v4().pckCrl(spec -> spec.revoking(PKI.pck())).verify(verifier),
        TdxFinding.TDX_REVOKED,
        FakeIntelPki.PCK);
    assertRefuted(
        Scene.v4().rootCrl(spec -> spec.revoking(PKI.platformCa())).verify(verifier),
        TdxFinding.TDX_REVOKED,
        FakeIntelPki.PLATFORM_CA);
    assertRefuted(
        Scene.v4().rootCrl(spec -> spec.revoking(PKI.tcbSigner())).verify(verifier),
        TdxFinding.TDX_REVOKED,
        FakeIntelPki.TCB_SIGNER);
    proven(Scene.v4().verify(verifier));
  }

  /** One list serves many platforms: that one of them is well says nothing of the next. */
  @Test
  void rememberedCollateralStillRevokesAnotherPlatform() {
    IntelCertificate bad = PKI.issue(PKI.pckSpec());
    proven(Scene.v4().pckCrl(spec -> spec.revoking(bad)).verify(verifier));
    assertRefuted(
        Scene.v4().withPck(bad).pckCrl(spec -> spec.revoking(bad)).verify(verifier),
        TdxFinding.TDX_REVOKED);
    proven(Scene.v4().withPck(bad).verify(verifier));
  }

  @Test
  void datesAreAskedAnewAtEachCall() {
    assertRefuted(
        Scene.v4().at(PKI.pck().notAfter().plusSeconds(1)).verify(verifier),
        CoreFinding.CERT_DATES);
    assertThat(Scene.v4().at(NOW.plusSeconds(30L * 86_400)).verify(verifier))
        .isInstanceOf(Verification.Refuted.class);
    assertThat(Scene.v4().at(NOW.minusSeconds(2L * 86_400)).verify(verifier))
        .isInstanceOf(Verification.Refuted.class);
    proven(Scene.v4().verify(verifier));
  }

  @Test
  void theTcbIsEvaluatedAnewAtEachCall() {
    Scene worse = Scene.v4().quote(w -> w.teeTcbSvn(PolicyScene.svn(4, 1, 2)));
    assertThat(Scene.claimsOf(worse.verify(verifier)).tcb().status())
        .isEqualTo(TcbStatus.OUT_OF_DATE);
    Scene judgedAnew =
        Scene.v4().tcbInfo(w -> w.levels(TcbLevelWriter.platform("SWHardeningNeeded")));
    assertThat(Scene.claimsOf(judgedAnew.verify(verifier)).tcb().status())
        .isEqualTo(TcbStatus.SW_HARDENING_NEEDED);
    assertThat(Scene.claimsOf(Scene.v4().verify(verifier)).tcb().status())
        .isEqualTo(TcbStatus.UP_TO_DATE);
  }

  @Test
  void aRememberedEnclaveMustStillBeTheOneOfTheIdentity() {
    assertRefuted(
        Scene.v4().qeIdentity(w -> w.isvProdId(9)).verify(verifier), TdxFinding.TDX_QE_IDENTITY);
    assertRefuted(
        Scene.v4().qeIdentity(w -> w.levels(TcbLevelWriter.isv(8, "UpToDate"))).verify(verifier),
        TdxFinding.TDX_TCB_NOT_SUPPORTED);
    proven(Scene.v4().verify(verifier));
  }

  /** The report and its signature are known, but this platform has not made them. */
  @Test
  void aRememberedEnclaveDoesNotServeAnotherPlatform() {
    IntelCertificate other = PKI.issue(PKI.pckSpec());
    assertRefuted(
        Scene.v4().chain(PKI.pckChain(other)).verify(verifier), TdxFinding.TDX_QE_SIGNATURE);
  }

  @Test
  void aRememberedEnclaveDoesNotServeAnotherKey() {
    Bytes known = Scene.claimsOf(Scene.v4().verify(verifier)).quote().qe().report().reportData();
    assertRefuted(
        Scene.v4()
            .quote(w -> w.attestationKey(QuoteAttacks.STRANGER))
            .qeReport(report -> report.reportData(known))
            .verify(verifier),
        TdxFinding.TDX_QE_BINDING);
  }

  @Test
  void aRememberedEnclaveDoesNotServeOtherAuthenticationData() {
    Bytes known = Scene.claimsOf(Scene.v4().verify(verifier)).quote().qe().report().reportData();
    assertRefuted(
        Scene.v4()
            .quote(w -> w.authData(Bytes.zeros(3)))
            .qeReport(report -> report.reportData(known))
            .verify(verifier),
        TdxFinding.TDX_QE_BINDING);
  }

  /** A remembered authority of PCK certificates does not become a signer by being remembered. */
  @Test
  void aRememberedAuthorityKeepsItsRole() {
    for (IntelCertificate impostor : new IntelCertificate[] {PKI.platformCa(), PKI.pck()}) {
      assertRefuted(Scene.v4().signedBy(impostor).verify(verifier), TdxFinding.COLLATERAL_SIGNER);
    }
    assertRefuted(
        Scene.v4()
            .pck(spec -> spec.issuedBy(PKI.tcbSigner()))
            .authorities(PKI.tcbSigner(), PKI.root())
            .verify(verifier),
        TdxFinding.TDX_CERTIFICATES);
  }

  /** The platforms' collateral is genuine and known, but it revokes no processor. */
  @Test
  void rememberedCollateralDoesNotServeAnotherAuthority() {
    Scene scene = Scene.v4().fromProcessorCa();
    assertRefuted(
        scene.collateral(c -> c.withPckCrl(PKI.collateral().pckCrl())).verify(verifier),
        CoreFinding.CRL_ISSUER);
  }

  @Test
  void rememberedCollateralDoesNotServeAnotherFamily() {
    assertRefuted(
        Scene.v4()
            .pck(spec -> spec.sgx(sgx -> sgx.fmspc(Bytes.ofHex("00806f050000"))))
            .verify(verifier),
        TdxFinding.TDX_FMSPC);
  }

  @Test
  void aRememberedChainDoesNotServeOtherCertificates() {
    assertRefuted(
        Scene.v4().chain(ATTACKER.pck(), ATTACKER.platformCa(), ATTACKER.root()).verify(verifier),
        TdxFinding.TDX_ROOT);
    assertRefuted(Scene.v4().withPck(ATTACKER.pck()).verify(verifier), CoreFinding.CERT_SIGNATURE);
    assertRefuted(
        Scene.v4().withPck(PckChainAttacks.flipped(PKI.pck())).verify(verifier),
        CoreFinding.CERT_SIGNATURE);
  }

  @Test
  void withoutACacheTheVerdictIsTheSame() {
    TdxVerifier forgetful = Scene.verifier().signatures(backend).cacheSize(0).build();
    proven(Scene.v4().verify(forgetful));
    proven(Scene.v4().verify(forgetful));
    assertThatThrownBy(() -> Scene.verifier().cacheSize(-1))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Scene.NOW;
import static io.github.cvmattestation.tdx.Scene.assertRefuted;
import static io.github.cvmattestation.tdx.Scene.ids;
import static io.github.cvmattestation.tdx.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.testkit.Tampering;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Exactly these checks make a verdict; one that is lost breaks a test and not a user. */
class LedgerTest {
  private static final String[] ALL = {
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
    "tdx.tcb"
  };
  private static final String[] WITH_AGE =
      Stream.of(ALL)
          .flatMap(
              id ->
                  id.equals("tdx.qe-signature")
                      ? Stream.of("tdx.collateral-age", id)
                      : Stream.of(id))
          .toArray(String[]::new);
  private static final String[] WITH_NONCE =
      Stream.concat(Stream.of(ALL), Stream.of("tdx.report-data")).toArray(String[]::new);

  private static final Nonce NONCE = new Nonce(Bytes.ofHex("00112233445566778899"));

  static Stream<Scene> scenes() {
    return Stream.of(
        Scene.v4(), Scene.v5(2), Scene.v5(3), Scene.v5(4), Scene.v4().fromProcessorCa());
  }

  @ParameterizedTest
  @MethodSource("scenes")
  void everyCheckRan(Scene scene) {
    TdxVerifier verifier = Scene.verifier().build();
    for (int i = 0; i < 2; i++) { // the second time everything is remembered
      assertThat(ids(proven(scene.verify(verifier)))).containsExactly(ALL);
    }
    TdxVerifier forgetful = Scene.verifier().cacheSize(0).build();
    assertThat(ids(proven(scene.verify(forgetful)))).containsExactly(ALL);
  }

  @ParameterizedTest
  @MethodSource("scenes")
  void theAgeOfCollateralIsACheckWhereItIsAsked(Scene scene) {
    for (TdxVerifier.Builder builder :
        List.of(
            Scene.verifier().minimumEvaluationDataNumber(18),
            Scene.verifier().memory(CollateralMemory.inProcess()),
            Scene.verifier().minimumEvaluationDataNumber(1).memory(CollateralMemory.inProcess()))) {
      TdxVerifier verifier = builder.build();
      for (int i = 0; i < 2; i++) {
        assertThat(ids(proven(scene.verify(verifier)))).containsExactly(WITH_AGE);
      }
    }
    assertThat(ids(proven(scene.verify(Scene.verifier().minimumEvaluationDataNumber(0).build()))))
        .containsExactly(ALL);
  }

  @ParameterizedTest
  @MethodSource("scenes")
  void theNonceIsTheLastCheck(Scene scene) {
    scene.quote(w -> w.reportData(ReportData.of(NONCE)));
    Endorsements bundle = bundle(scene);
    assertThat(
            ids(
                proven(
                    Scene.verifier()
                        .build()
                        .verify(TdxEvidence.of(scene.quote()), bundle, NONCE, NOW))))
        .containsExactly(WITH_NONCE);
  }

  @Test
  void anotherNonceIsRefutedAfterAllElseHeld() {
    Scene scene = Scene.v5().quote(w -> w.reportData(ReportData.of(NONCE)));
    for (String other :
        new String[] {
          "00112233445566778898", "001122334455667788", "0011223344556677889900aa", "00".repeat(64)
        }) {
      Verification verification =
          Scene.verifier()
              .build()
              .verify(
                  TdxEvidence.of(scene.quote()), bundle(scene), new Nonce(Bytes.ofHex(other)), NOW);
      assertRefuted(verification, CoreFinding.NONCE_MISMATCH);
      assertThat(ids(verification)).containsExactly(ALL);
    }
  }

  /** All 64 bytes count: comparing the first 32 is a real mistake of others. */
  @Test
  void everyByteOfReportDataIsCompared() {
    Bytes expected = ReportData.of(NONCE).value();
    TdxVerifier verifier = Scene.verifier().build();
    Scene scene = Scene.v4().expecting(new ReportData(expected));
    for (int i = 0; i < ReportData.SIZE; i++) {
      Bytes changed = Tampering.flipBit(expected, 8 * i + 7);
      scene.quote(w -> w.reportData(new ReportData(changed)));
      assertRefuted(scene.verify(verifier), CoreFinding.NONCE_MISMATCH);
    }
  }

  @Test
  void evidenceOfAnotherKindIsRefuted() {
    Scene scene = Scene.v4().quote(w -> w.reportData(ReportData.of(NONCE)));
    Verification verification =
        Scene.verifier()
            .build()
            .verify(
                new Evidence("application/octet-stream", scene.quote()), bundle(scene), NONCE, NOW);
    assertRefuted(verification, TdxFinding.TDX_MALFORMED);
    assertThat(verification.checks()).isEmpty();
  }

  /** What has no collateral, or two, is refuted before anything of it is believed. */
  @Test
  void noneAndTwoBundlesAreRefuted() {
    Scene scene = Scene.v4();
    Bytes one = scene.collateral().toJson();
    TdxVerifier verifier = Scene.verifier().build();
    for (List<Bytes> documents : List.of(List.<Bytes>of(), List.of(one, one))) {
      Verification verification =
          verifier.verifyWithoutFreshness(scene.quote(), endorsements(documents), NOW);
      assertRefuted(verification, TdxFinding.COLLATERAL_MISSING);
      assertThat(ids(verification)).containsExactly("tdx.format", "tdx.pck-chain", "tdx.pck-dates");
    }
    assertRefuted(
        verifier.verifyWithoutFreshness(
            scene.quote(), endorsements(List.of(Bytes.of((byte) '{'))), NOW),
        TdxFinding.COLLATERAL_FORMAT);
  }

  /** For a verifier of evidence that holds a quote: its ledger, and REPORTDATA left to it. */
  @Test
  void theStepsAloneEnterTheirChecksIntoAnothersLedger() throws RefutedException {
    Scene scene = Scene.v4();
    Ledger ledger = new Ledger();
    TdxClaims claims = Scene.verifier().build().verify(scene.quote(), bundle(scene), NOW, ledger);
    assertThat(claims.quote().version()).isEqualTo(4);
    assertThat(ids(ledger.verified(ClaimSet.of(claims)))).containsExactly(ALL);
  }

  /** Signatures alone: what they do not cover is no reason to object. */
  @Test
  void brokenSignaturesAreToldWithoutCollateral() {
    TdxVerifier verifier = Scene.verifier().build();
    assertThat(verifier.brokenSignature(Scene.v4().quote(), NOW)).isEmpty();
    assertThat(
            verifier
                .brokenSignature(Scene.v4().qeReport(r -> r.isvProdId(9)).quote(), NOW)
                .isEmpty())
        .isTrue();
    Scene forged = Scene.v4().quote(w -> w.signature(Bytes.zeros(64)));
    assertThat(verifier.brokenSignature(forged.quote(), NOW).orElseThrow().code())
        .isEqualTo(TdxFinding.TDX_SIGNATURE);
    assertThat(
            verifier
                .brokenSignature(Scene.v4().quote(), Scene.PKI.pck().notAfter().plusSeconds(1))
                .orElseThrow()
                .code())
        .isEqualTo(CoreFinding.CERT_DATES);
  }

  @Test
  void everyCheckAndEveryReasonExplainsItself() {
    assertThat(TdxCheck.values())
        .allSatisfy(check -> assertThat(check.statement()).isNotBlank())
        .extracting(TdxCheck::id)
        .doesNotHaveDuplicates()
        .allMatch(id -> id.startsWith("tdx."));
    assertThat(TdxFinding.values())
        .allSatisfy(code -> assertThat(code.clause()).isNotBlank())
        .allMatch(code -> code.name().startsWith("TDX_") || code.name().startsWith("COLLATERAL_"));
  }

  private static Endorsements bundle(Scene scene) {
    return endorsements(List.of(scene.collateral().toJson()));
  }

  private static Endorsements endorsements(List<Bytes> documents) {
    return new Endorsements(List.of(), List.of(), documents);
  }
}

package io.github.cvmattestation.snp;

import static io.github.cvmattestation.snp.Scene.NOW;
import static io.github.cvmattestation.snp.Scene.assertRefuted;
import static io.github.cvmattestation.snp.Scene.ids;
import static io.github.cvmattestation.snp.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.Tampering;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exactly these checks make a verdict; one that is lost breaks a test and not a user. */
class LedgerTest {
  private static final String[] VCEK_WITH_CRL = {
    "snp.format",
    "snp.signing-key",
    "snp.chain",
    "snp.dates",
    "snp.revocation",
    "snp.signature",
    "snp.product",
    "snp.tcb",
    "snp.chip-id"
  };
  private static final String[] VCEK_WITHOUT_CRL = {
    "snp.format",
    "snp.signing-key",
    "snp.chain",
    "snp.dates",
    "snp.signature",
    "snp.product",
    "snp.tcb",
    "snp.chip-id"
  };
  private static final String[] VLEK_WITH_CRL = {
    "snp.format",
    "snp.signing-key",
    "snp.chain",
    "snp.dates",
    "snp.revocation",
    "snp.signature",
    "snp.product",
    "snp.tcb",
    "snp.csp-id"
  };

  private static final Nonce NONCE = new Nonce(Bytes.ofHex("00112233445566778899"));

  @ParameterizedTest
  @EnumSource
  void everyCheckOfAChipsReportRan(Line line) {
    SnpVerifier verifier = Scene.verifier().build();
    for (int i = 0; i < 2; i++) { // the second time the chain is remembered
      assertThat(ids(proven(Scene.vcek(line).verify(verifier)))).containsExactly(VCEK_WITH_CRL);
    }
    assertThat(ids(proven(Scene.vcek(line).authorities().verify(verifier))))
        .containsExactly(VCEK_WITH_CRL);
  }

  @ParameterizedTest
  @EnumSource
  void everyCheckButRevocationRanWithoutAList(Line line) {
    for (Revocation mode : new Revocation[] {Revocation.IF_SUPPLIED, Revocation.OFF}) {
      SnpVerifier verifier = Scene.verifier().revocation(mode).build();
      assertThat(ids(proven(Scene.vcek(line).lists().verify(verifier))))
          .containsExactly(VCEK_WITHOUT_CRL);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyCheckOfAProvidersReportRan(Line line) {
    assertThat(ids(proven(Scene.vlek(line).verify()))).containsExactly(VLEK_WITH_CRL);
  }

  @Test
  void theNonceIsTheLastCheck() {
    Scene scene = Scene.vcek(Line.GENOA).report(writer -> writer.reportData(ReportData.of(NONCE)));
    Verification verification =
        Scene.verifier()
            .build()
            .verify(SnpEvidence.of(scene.report()), scene.endorsements(), NONCE, NOW);
    String[] expected = Arrays.copyOf(VCEK_WITH_CRL, VCEK_WITH_CRL.length + 1);
    expected[VCEK_WITH_CRL.length] = "snp.report-data";
    assertThat(ids(proven(verification))).containsExactly(expected);
  }

  @Test
  void anotherNonceIsRefutedAfterAllElseHeld() {
    Scene scene = Scene.vcek(Line.GENOA).report(writer -> writer.reportData(ReportData.of(NONCE)));
    for (String other :
        new String[] {
          "00112233445566778898", "001122334455667788", "0011223344556677889900aa", "00".repeat(64)
        }) {
      Verification verification =
          Scene.verifier()
              .build()
              .verify(
                  SnpEvidence.of(scene.report()),
                  scene.endorsements(),
                  new Nonce(Bytes.ofHex(other)),
                  NOW);
      assertRefuted(verification, CoreFinding.NONCE_MISMATCH);
      assertThat(ids(verification)).containsExactly(VCEK_WITH_CRL);
    }
  }

  /** All 64 bytes count: comparing the first 32 is a real mistake of others. */
  @Test
  void everyByteOfReportDataIsCompared() {
    Bytes expected = ReportData.of(NONCE).value();
    Scene scene = Scene.vcek(Line.GENOA);
    SnpVerifier verifier = Scene.verifier().build();
    for (int i = 0; i < ReportData.SIZE; i++) {
      Bytes changed = Tampering.flipBit(expected, 8 * i + 7);
      scene.report(writer -> writer.reportData(new ReportData(changed)));
      assertRefuted(
          verifier.verify(scene.report(), scene.endorsements(), new ReportData(expected), NOW),
          CoreFinding.NONCE_MISMATCH);
    }
  }

  @Test
  void evidenceOfAnotherKindIsRefuted() {
    Scene scene = Scene.vcek(Line.GENOA).report(writer -> writer.reportData(ReportData.of(NONCE)));
    Verification verification =
        Scene.verifier()
            .build()
            .verify(
                new Evidence("application/octet-stream", scene.report()),
                scene.endorsements(),
                NONCE,
                NOW);
    assertRefuted(verification, SnpFinding.SNP_MALFORMED);
    assertThat(verification.checks()).isEmpty();
  }

  @Test
  void everyCheckAndEveryReasonExplainsItself() {
    assertThat(SnpCheck.values())
        .allSatisfy(check -> assertThat(check.statement()).isNotBlank())
        .extracting(SnpCheck::id)
        .doesNotHaveDuplicates()
        .allMatch(id -> id.startsWith("snp."));
    assertThat(SnpFinding.values())
        .allSatisfy(code -> assertThat(code.clause()).isNotBlank())
        .allMatch(code -> code.name().startsWith("SNP_"));
  }
}

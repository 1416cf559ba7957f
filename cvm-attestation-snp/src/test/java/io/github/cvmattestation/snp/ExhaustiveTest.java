package io.github.cvmattestation.snp;

import static io.github.cvmattestation.snp.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.testkit.Tampering;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Every bit of a genuine report and of its leaf certificate is covered: by the signature, by the
 * structure, or by both. Nothing survives, and nothing throws.
 */
class ExhaustiveTest {
  private static final int MAX_EXTENSION = 100;

  private final SnpVerifier verifier =
      SnpVerifier.builder()
          .signatures(Backends.fastest())
          .revocation(Revocation.IF_SUPPLIED)
          .cacheSize(4)
          .build();
  private Bytes report;
  private Bytes leaf;
  private Bytes ask;
  private Bytes ark;
  private Instant at;

  @BeforeEach
  void readGenuineEvidence() throws MalformedException {
    Vectors.Case genuine = Vectors.named("snp-report", "snp/milan-v3");
    report = genuine.file("report");
    leaf = CertificateBundle.parse(genuine.file("leaf")).get(0).der();
    ask = CertificateBundle.parse(genuine.file("intermediate")).get(0).der();
    ark = CertificateBundle.parse(genuine.file("root")).get(0).der();
    at = genuine.at();
    proven(verify(report, leaf, ask));
  }

  @Test
  void noFlippedBitOfTheReportSurvives() {
    assertThat(report.size() * 8).isEqualTo(9472);
    assertThat(survivors(report, true)).isEmpty();
  }

  @Test
  void noFlippedBitOfTheLeafSurvives() {
    assertThat(survivors(leaf, false)).isEmpty();
  }

  @Test
  void noFlippedBitOfTheIntermediateSurvives() {
    List<Integer> survivors = new ArrayList<>();
    for (int bit = 0; bit < ask.size() * 8; bit++) {
      if (withoutRoot(Tampering.flipBit(ask, bit)) instanceof Verification.Verified) {
        survivors.add(bit);
      }
    }
    // A name of which a bit is flipped makes it a stranger's certificate, which nobody looks at:
    // then the anchor's key stands in for it, and the verdict is that of the leaf alone.
    SnpClaims alone = Scene.claimsOf(withoutRoot(leaf));
    assertThat(survivors)
        .allSatisfy(
            bit -> {
              Bytes stranger = Tampering.flipBit(ask, bit);
              assertThat(CertificateBundle.parse(stranger).get(0).subjectCommonName())
                  .isNotEqualTo("SEV-Milan");
              assertThat(Scene.claimsOf(withoutRoot(stranger)).toGroup())
                  .isEqualTo(alone.toGroup());
            });
    assertThat(survivors).hasSizeLessThanOrEqualTo("SEV-Milan".length() * 8);
  }

  @Test
  void noTruncationSurvives() {
    for (int size = 0; size < report.size(); size++) {
      refuted("report of %d bytes".formatted(size), report.slice(0, size), leaf);
    }
    for (int size = 0; size < leaf.size(); size++) {
      refuted("leaf of %d bytes".formatted(size), report, leaf.slice(0, size));
    }
  }

  @Test
  void noExtensionByOneToAHundredBytesSurvives() {
    for (int filler : new int[] {0x00, 0x30, 0xFF}) {
      Bytes padding = Bytes.ofHex("%02x".formatted(filler).repeat(MAX_EXTENSION));
      for (int more = 1; more <= MAX_EXTENSION; more++) {
        refuted("report and " + more, report.concat(padding.slice(0, more)), leaf);
        refuted("leaf and " + more, report, leaf.concat(padding.slice(0, more)));
        refuted("before the leaf " + more, report, padding.slice(0, more).concat(leaf));
      }
    }
    for (int more = 1; more <= MAX_EXTENSION; more++) {
      refuted("report and its own beginning", report.concat(report.slice(0, more)), leaf);
      refuted("leaf and its own beginning", report, leaf.concat(leaf.slice(0, more)));
    }
  }

  private List<Integer> survivors(Bytes whole, boolean isReport) {
    List<Integer> survivors = new ArrayList<>();
    for (int bit = 0; bit < whole.size() * 8; bit++) {
      Bytes changed = Tampering.flipBit(whole, bit);
      Verification verification =
          isReport ? verify(changed, leaf, ask) : verify(report, changed, ask);
      if (verification instanceof Verification.Verified || verification.findings().size() != 1) {
        survivors.add(bit);
      }
    }
    return survivors;
  }

  private void refuted(String what, Bytes changedReport, Bytes changedLeaf) {
    assertThat(verify(changedReport, changedLeaf, ask))
        .as(what)
        .isInstanceOf(Verification.Refuted.class);
  }

  private Verification verify(Bytes anyReport, Bytes anyLeaf, Bytes anyAsk) {
    return verifier.verifyWithoutFreshness(
        anyReport, Endorsements.ofCertificates(anyLeaf, anyAsk, ark), at);
  }

  /** The root counts by its key alone; here it would only cost time. */
  private Verification withoutRoot(Bytes anyAsk) {
    return verifier.verifyWithoutFreshness(report, Endorsements.ofCertificates(leaf, anyAsk), at);
  }
}

package io.github.cvmattestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.testkit.Line;
import java.util.List;
import org.junit.jupiter.params.provider.MethodSource;

/** The whole verifier: any report is verified as it was signed, or refuted; nothing is thrown. */
class SnpVerifierFuzzTest {
  private static final Scene HEALTHY = Scene.vcek(Line.MILAN);
  private static final Bytes REPORT = HEALTHY.report();
  private static final SnpVerifier VERIFIER =
      Scene.verifier().signatures(SignatureBackends.bouncyCastle()).build();

  @MethodSource("io.github.cvmattestation.snp.Seeds#reports")
  @FuzzTest
  void anyBytesAreVerifiedOrRefuted(byte[] input) {
    Bytes bytes = Bytes.of(input);
    Verification asReport =
        VERIFIER.verifyWithoutFreshness(bytes, HEALTHY.endorsements(), Scene.NOW);
    if (asReport instanceof Verification.Verified) {
      // Nobody but the holder of the leaf's key can make another one.
      assertThat(bytes.slice(0, SnpReport.SIGNED_SIZE))
          .isEqualTo(REPORT.slice(0, SnpReport.SIGNED_SIZE));
    } else {
      assertThat(asReport.findings()).hasSize(1);
    }
    // The same bytes where certificates and lists are expected.
    Endorsements hostile =
        new Endorsements(
            List.of(HEALTHY.leaf().certificate(), bytes), List.of(Scene.crl(Line.MILAN), bytes));
    Verification asEndorsement = VERIFIER.verifyWithoutFreshness(REPORT, hostile, Scene.NOW);
    assertThat(asEndorsement).isInstanceOf(Verification.Refuted.class);
  }
}

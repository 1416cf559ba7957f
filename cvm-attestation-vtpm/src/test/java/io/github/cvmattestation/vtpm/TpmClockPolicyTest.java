package io.github.cvmattestation.vtpm;

import static io.github.cvmattestation.vtpm.Fixtures.NONCE;
import static io.github.cvmattestation.vtpm.Fixtures.bank;
import static io.github.cvmattestation.vtpm.TpmFinding.CLOCK_REGRESSION;
import static io.github.cvmattestation.vtpm.TpmFinding.CLOCK_UNSAFE;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Q13: a TPM's clock and counts against what they were. */
class TpmClockPolicyTest {
  private static final TestAk AK = TestAk.rsa(SignatureScheme.RSASSA_SHA256);
  private static final PcrBank BANK = bank(HashAlgorithm.SHA256, 7);
  private static final TpmsClockInfo EARLIER = new TpmsClockInfo(1000, 5, 3, true);

  private static AttestationResult appraised(
      TpmClockPolicy policy, long clock, long resets, long restarts, boolean safe) {
    Bytes attest =
        AttestWriter.quoting(BANK)
            .extraData(NONCE.value())
            .counters(clock, resets, restarts, safe ? 1 : 0)
            .write();
    Verification verification = Fixtures.verify(AK.quote(attest, BANK), AK.key(Fixtures.quick()));
    assertThat(verification).isInstanceOf(Verification.Verified.class);
    return AppraisalPolicy.of(policy).appraise((Verification.Verified) verification);
  }

  private static void assertAffirmed(long clock, long resets, long restarts) {
    assertThat(appraised(TpmClockPolicy.notBefore(EARLIER), clock, resets, restarts, true))
        .isInstanceOf(AttestationResult.Affirmed.class);
  }

  private static void assertRejected(
      long clock, long resets, long restarts, boolean safe, TpmFinding... codes) {
    AttestationResult result =
        appraised(TpmClockPolicy.notBefore(EARLIER), clock, resets, restarts, safe);
    assertThat(result).isInstanceOf(AttestationResult.Rejected.class);
    assertThat(result.findings()).extracting(finding -> finding.code()).isEqualTo(List.of(codes));
  }

  @Test
  void q13AClockThatGoesOnIsAffirmed() {
    assertAffirmed(1000, 5, 3);
    assertAffirmed(1001, 5, 3);
    assertAffirmed(1000, 5, 4);
  }

  @Test
  void q13AResetStartsTheRestartsAnew() {
    assertAffirmed(1000, 6, 0);
    assertAffirmed(2000, 0xFFFFFFFFL, 0);
  }

  @Test
  void q13AResetCountThatWentBackIsRejected() {
    assertRejected(1000, 4, 3, true, CLOCK_REGRESSION);
    assertRejected(9999, 0, 9, true, CLOCK_REGRESSION);
  }

  @Test
  void q13ARestartCountThatWentBackWithoutAResetIsRejected() {
    assertRejected(1000, 5, 2, true, CLOCK_REGRESSION);
    assertRejected(9999, 5, 0, true, CLOCK_REGRESSION);
  }

  @Test
  void q13AClockThatWentBackIsRejectedEvenAfterAReset() {
    assertRejected(999, 5, 3, true, CLOCK_REGRESSION);
    assertRejected(0, 6, 0, true, CLOCK_REGRESSION);
  }

  @Test
  void q13AnUncertainClockIsRejected() {
    assertRejected(1000, 5, 3, false, CLOCK_UNSAFE);
    assertThat(appraised(TpmClockPolicy.firstSeen(), 0, 0, 0, false).findings())
        .singleElement()
        .extracting("code")
        .isEqualTo(CLOCK_UNSAFE);
  }

  @Test
  void q13EveryRegressionIsReportedAndNotOnlyTheFirst() {
    assertRejected(1, 4, 0, false, CLOCK_UNSAFE, CLOCK_REGRESSION, CLOCK_REGRESSION);
    assertRejected(1, 5, 0, false, CLOCK_UNSAFE, CLOCK_REGRESSION, CLOCK_REGRESSION);
  }

  @Test
  void q13NothingIsAskedOfATpmSeenForTheFirstTimeButACertainClock() {
    assertThat(appraised(TpmClockPolicy.firstSeen(), 0, 0, 0, true))
        .isInstanceOf(AttestationResult.Affirmed.class);
  }

  /** The clock has 64 unsigned bits and the counts 32. */
  @Test
  void q13NumbersAreUnsigned() {
    TpmClockPolicy high = TpmClockPolicy.notBefore(new TpmsClockInfo(-2L, 0x80000000L, 1, true));

    assertThat(appraised(high, -1L, 0x80000000L, 1, true))
        .isInstanceOf(AttestationResult.Affirmed.class);
    assertThat(appraised(high, 1L, 0x80000000L, 1, true).findings()).hasSize(1);
    assertThat(appraised(high, -1L, 0x7FFFFFFFL, 1, true).findings()).hasSize(1);
    assertAffirmed(-1L, 5, 3);
  }
}

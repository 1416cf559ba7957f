package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.testkit.Swtpm;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Q13: a TPM that was put back, restarted, or is not certain of its time. */
class ClockPolicyTest {
  private static final TestAk AK = TestAk.rsa(SignatureScheme.RSASSA_SHA256);
  private static final TpmsClockInfo BEFORE = clock(1000, 5, 3, true);

  static List<SignatureBackend> backends() {
    return Fixtures.backends().toList();
  }

  @ParameterizedTest
  @CsvSource({
    "1000, 5, 3", // the very same
    "1001, 5, 3", // later in the same boot
    "1001, 5, 4", // resumed
    "1001, 6, 0", // reset, which forgets restarts
    "-1, 4294967295, 4294967295", // unsigned, all of it
  })
  void q13ATpmThatWentOnIsAccepted(long clock, long resets, long restarts) {
    assertThat(ClockPolicy.notBefore(BEFORE).findings(clock(clock, resets, restarts, true)))
        .isEmpty();
  }

  /** Fewer resets outweigh more restarts, and any count a larger clock. */
  @ParameterizedTest
  @CsvSource({
    "999, 5, 3", // the clock
    "1000, 5, 2", // restarts
    "9999, 5, 2", // restarts, whatever the clock says
    "1000, 4, 3", // resets
    "9999, 4, 9", // resets, whatever else says
    "0, 0, 0", // cleared
    "999, 6, 0", // a certain clock never goes back, across resets neither
    "999, 5, 4", // nor across restarts
  })
  void q13ATpmThatIsBehindIsRejected(long clock, long resets, long restarts) {
    TpmsClockInfo now = clock(clock, resets, restarts, true);
    assertCodes(ClockPolicy.notBefore(BEFORE).findings(now), TpmFinding.CLOCK_BACKWARDS);
    assertCodes(ClockPolicy.inTheBootOf(BEFORE).findings(now), TpmFinding.CLOCK_BACKWARDS);
  }

  @Test
  void q13TheLargestClockIsBehindNone() {
    TpmsClockInfo largest = clock(-1, 5, 3, true);
    assertThat(ClockPolicy.notBefore(BEFORE).findings(largest)).isEmpty();
    assertCodes(
        ClockPolicy.notBefore(largest).findings(clock(Long.MAX_VALUE, 5, 3, true)),
        TpmFinding.CLOCK_BACKWARDS);
  }

  @ParameterizedTest
  @CsvSource({"1001, 5, 4", "1001, 6, 0", "1001, 6, 3"})
  void q13ARestartIsRejectedWhereTheSameBootIsDemanded(long clock, long resets, long restarts) {
    TpmsClockInfo now = clock(clock, resets, restarts, true);
    assertCodes(ClockPolicy.inTheBootOf(BEFORE).findings(now), TpmFinding.CLOCK_RESTARTED);
    assertThat(ClockPolicy.inTheBootOf(BEFORE).findings(clock(1001, 5, 3, true))).isEmpty();
  }

  @Test
  void q13AnUncertainClockIsRejectedUnlessItIsAllowedByName() {
    TpmsClockInfo now = clock(1001, 6, 0, false);
    for (ClockPolicy policy : List.of(ClockPolicy.atFirstSight(), ClockPolicy.notBefore(BEFORE))) {
      assertCodes(policy.findings(now), TpmFinding.CLOCK_UNSAFE);
      assertThat(policy.allowUncertainClock().findings(now)).isEmpty();
    }
  }

  /** After a power failure the clock may fall back, and says so; within a boot it never does. */
  @Test
  void q13AnUncertainClockMayFallBackInALaterBootOnly() {
    ClockPolicy policy = ClockPolicy.notBefore(BEFORE).allowUncertainClock();
    assertThat(policy.findings(clock(900, 6, 0, false))).isEmpty();
    assertThat(policy.findings(clock(900, 5, 4, false))).isEmpty();
    assertCodes(policy.findings(clock(900, 5, 3, false)), TpmFinding.CLOCK_BACKWARDS);
    assertCodes(policy.findings(clock(900, 4, 9, false)), TpmFinding.CLOCK_BACKWARDS);
  }

  /** Every failure is reported, not the first. */
  @Test
  void q13AnUncertainClockThatIsBehindIsBoth() {
    assertCodes(
        ClockPolicy.notBefore(BEFORE).findings(clock(1, 1, 1, false)),
        TpmFinding.CLOCK_UNSAFE,
        TpmFinding.CLOCK_BACKWARDS);
  }

  /** From signed bytes to the verdict: the clock that is judged is the one that was signed. */
  @ParameterizedTest
  @MethodSource("backends")
  void q13TheSignedClockIsJudgedInAPolicy(SignatureBackend backend) {
    AppraisalPolicy policy = AppraisalPolicy.of(rule(ClockPolicy.notBefore(BEFORE)));
    assertThat(policy.appraise(quoted(backend, 1000, 5, 3, 1)))
        .isInstanceOf(AttestationResult.Affirmed.class);
    AttestationResult behind = policy.appraise(quoted(backend, 9999, 4, 0, 1));
    assertCodes(((AttestationResult.Rejected) behind).findings(), TpmFinding.CLOCK_BACKWARDS);
    AttestationResult uncertain = policy.appraise(quoted(backend, 1000, 5, 3, 0));
    assertCodes(((AttestationResult.Rejected) uncertain).findings(), TpmFinding.CLOCK_UNSAFE);
  }

  /** What a TPM really does at a reset that nobody announced (TPM 2.0 Part 1, section 36). */
  @Test
  void q13AResetOfARealTpmIsSeen() {
    try (Swtpm swtpm = Swtpm.start()) {
      Tpm tpm = Tpm.over(swtpm::transmit);
      TpmsClockInfo before = tpm.readClock().clockInfo();
      assertThat(before.safe()).isTrue();
      swtpm.powerCycle();
      tpm.startup();
      TpmsClockInfo after = tpm.readClock().clockInfo();

      assertThat(after.resetCount()).isEqualTo(before.resetCount() + 1);
      assertThat(after.safe()).isFalse();
      assertCodes(ClockPolicy.notBefore(before).findings(after), TpmFinding.CLOCK_UNSAFE);
      assertThat(ClockPolicy.notBefore(before).allowUncertainClock().findings(after)).isEmpty();
      assertCodes(
          ClockPolicy.inTheBootOf(before).allowUncertainClock().findings(after),
          TpmFinding.CLOCK_RESTARTED);
      assertThat(ClockPolicy.notBefore(after).findings(before))
          .extracting(Finding::code)
          .contains(TpmFinding.CLOCK_BACKWARDS);
    }
  }

  private static AppraisalPolicy.Rule rule(ClockPolicy clock) {
    return new AppraisalPolicy.Rule() {
      @Override
      public Set<String> subjects() {
        return Set.of(VerifiedPcrs.ID);
      }

      @Override
      public void appraise(ClaimSet claims, AppraisalPolicy.Report report) {
        clock.appraise(claims.get(VerifiedPcrs.class).orElseThrow(), report);
      }
    };
  }

  private static Verification.Verified quoted(
      SignatureBackend backend, long clock, long resets, long restarts, int safe) {
    PcrBank bank = Fixtures.bank(HashAlgorithm.SHA256, 7);
    TpmQuote quote =
        AK.quote(
            AttestWriter.quoting(bank)
                .extraData(Fixtures.NONCE.value())
                .counters(clock, resets, restarts, safe)
                .write(),
            bank);
    return (Verification.Verified) Fixtures.verify(quote, AK.key(backend));
  }

  private static void assertCodes(List<Finding> findings, TpmFinding... codes) {
    assertThat(findings).extracting(Finding::code).containsExactly((FindingCode[]) codes);
  }

  private static TpmsClockInfo clock(long clock, long resets, long restarts, boolean safe) {
    return new TpmsClockInfo(clock, resets, restarts, safe);
  }
}

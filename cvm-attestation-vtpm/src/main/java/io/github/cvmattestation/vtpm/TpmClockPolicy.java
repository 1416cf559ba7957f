package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.ClaimSet;
import java.util.Optional;
import java.util.Set;

/**
 * A rule about a TPM's clock: that the TPM vouches for it, and that neither it nor the counts went
 * back since the relying party last saw this TPM (TPM 2.0 Part 1, section 36). What went back is a
 * TPM whose stored state was replaced by an older one, or that was cleared.
 *
 * <p>The rule judges the clock alone. Another rule has to speak about the registers: with this one
 * in a policy, silence about them is not noticed. The counts are plain where the attestation key is
 * in the endorsement hierarchy, as Azure's is; those of other keys are obfuscated, and only to be
 * compared for one and the same key.
 */
public final class TpmClockPolicy implements AppraisalPolicy.Rule {
  private final Optional<TpmsClockInfo> earlier;

  private TpmClockPolicy(Optional<TpmsClockInfo> earlier) {
    this.earlier = earlier;
  }

  /** For a TPM that was never seen before: the clock has to be safe, and nothing more. */
  public static TpmClockPolicy firstSeen() {
    return new TpmClockPolicy(Optional.empty());
  }

  /**
   * For a TPM that was seen before: nothing may have gone back.
   *
   * @param earlier of the last verified quote by the same attestation key, kept by the caller
   */
  public static TpmClockPolicy notBefore(TpmsClockInfo earlier) {
    return new TpmClockPolicy(Optional.of(earlier));
  }

  @Override
  public Set<String> subjects() {
    return Set.of(VerifiedPcrs.ID);
  }

  @Override
  public void appraise(ClaimSet claims, AppraisalPolicy.Report report) {
    TpmsClockInfo now = claims.get(VerifiedPcrs.class).orElseThrow().clockInfo();
    report.require(
        now.safe(), TpmFinding.CLOCK_UNSAFE, "a clock that never showed more", "an uncertain one");
    earlier.ifPresent(before -> compare(before, now, report));
  }

  /** A reset sets restartCount to zero; the clock goes on. */
  private static void compare(
      TpmsClockInfo before, TpmsClockInfo now, AppraisalPolicy.Report report) {
    report.require(
        now.resetCount() >= before.resetCount(),
        TpmFinding.CLOCK_REGRESSION,
        "resetCount of at least " + before.resetCount(),
        now.resetCount());
    report.require(
        now.resetCount() != before.resetCount() || now.restartCount() >= before.restartCount(),
        TpmFinding.CLOCK_REGRESSION,
        "restartCount of at least " + before.restartCount(),
        now.restartCount());
    report.require(
        Long.compareUnsigned(now.clock(), before.clock()) >= 0,
        TpmFinding.CLOCK_REGRESSION,
        "clock of at least " + Long.toUnsignedString(before.clock()),
        Long.toUnsignedString(now.clock()));
  }
}

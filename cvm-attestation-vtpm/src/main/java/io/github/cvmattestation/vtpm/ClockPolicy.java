package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Finding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a relying party accepts of a TPM's clock: whether it must be certain, and how it relates to
 * one that was proven before (TPM 2.0 Part 1, section 36; Part 2, section 10.11.1).
 *
 * <p>A TPM counts its resets, and its restarts and resumes since the last one; its clock runs while
 * it has power. All three only ever grow, resets first, until TPM2_Clear begins anew. A TPM that is
 * behind what was seen of it was cleared, or its state was put back, or it is another.
 *
 * <p>Only for keys of the endorsement or platform hierarchy, as attestation keys of confidential
 * VMs are: the TPM obfuscates the counts for all others, and their order means nothing then.
 *
 * <p>Part of a policy and by itself none: a clock says nothing of what booted, so that this is not
 * an {@link AppraisalPolicy.Rule}, whose presence would count as a word about the PCRs. A rule that
 * judges {@link VerifiedPcrs} calls {@link #appraise}.
 */
public final class ClockPolicy {
  private final Optional<TpmsClockInfo> earlier;
  private final boolean sameBoot;
  private final boolean safeRequired;

  private ClockPolicy(Optional<TpmsClockInfo> earlier, boolean sameBoot, boolean safeRequired) {
    this.earlier = earlier;
    this.sameBoot = sameBoot;
    this.safeRequired = safeRequired;
  }

  /** The clock must be certain. Nothing was seen of this TPM before. */
  public static ClockPolicy atFirstSight() {
    return new ClockPolicy(Optional.empty(), false, true);
  }

  /**
   * The clock must be certain, and not behind {@code earlier}. The machine may have been restarted.
   *
   * @param earlier proven by the same attestation key; keep the latest
   */
  public static ClockPolicy notBefore(TpmsClockInfo earlier) {
    return new ClockPolicy(Optional.of(earlier), false, true);
  }

  /**
   * As {@link #notBefore}, and the machine must have been neither reset nor restarted nor resumed.
   *
   * @param earlier proven by the same attestation key; keep the latest
   */
  public static ClockPolicy inTheBootOf(TpmsClockInfo earlier) {
    return new ClockPolicy(Optional.of(earlier), true, true);
  }

  /**
   * Accepts a clock whose {@code safe} is clear, as after a power failure. Such a clock may be
   * behind an earlier one that had fewer resets or restarts; the counts still may not.
   */
  public ClockPolicy allowUncertainClock() {
    return new ClockPolicy(earlier, sameBoot, false);
  }

  /** Every way in which {@code now} is not acceptable; empty if it is. */
  public List<Finding> findings(TpmsClockInfo now) {
    List<Finding> findings = new ArrayList<>();
    if (safeRequired && !now.safe()) {
      findings.add(Finding.of(TpmFinding.CLOCK_UNSAFE, "safe = 1", "safe = 0"));
    }
    if (earlier.isPresent()) {
      TpmsClockInfo before = earlier.get();
      if (isBehind(now, before)) {
        findings.add(
            Finding.of(TpmFinding.CLOCK_BACKWARDS, "not behind " + text(before), text(now)));
      } else if (sameBoot && boots(now, before) != 0) {
        findings.add(
            Finding.of(TpmFinding.CLOCK_RESTARTED, "the boot of " + text(before), text(now)));
      }
    }
    return findings;
  }

  /** Judges the clock of a proven quote, reporting every failure. */
  public void appraise(VerifiedPcrs proven, AppraisalPolicy.Report report) {
    findings(proven.clockInfo()).forEach(report::reject);
  }

  /**
   * A later boot may begin with a smaller clock only where the TPM itself says that it is not
   * certain: {@code safe} means that no larger one was ever reported.
   */
  private static boolean isBehind(TpmsClockInfo now, TpmsClockInfo before) {
    int boots = boots(now, before);
    boolean clockWentBack = Long.compareUnsigned(now.clock(), before.clock()) < 0;
    return boots < 0 || (clockWentBack && (boots == 0 || now.safe()));
  }

  /** Resets first: a reset sets the count of restarts to zero. Both are widened, hence plain. */
  private static int boots(TpmsClockInfo now, TpmsClockInfo before) {
    int resets = Long.compare(now.resetCount(), before.resetCount());
    return resets != 0 ? resets : Long.compare(now.restartCount(), before.restartCount());
  }

  private static String text(TpmsClockInfo info) {
    return "reset %d, restart %d, clock %s"
        .formatted(info.resetCount(), info.restartCount(), Long.toUnsignedString(info.clock()));
  }
}

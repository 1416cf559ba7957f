package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Claims;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.tdx.TdxFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the command says in the end.
 *
 * @param verification what the verifier said
 * @param appraisal what the policy said; nothing if there was none, or nothing to appraise
 * @param remarks warnings of the command's own
 */
record Verdict(
    Verification verification, Optional<AttestationResult> appraisal, List<Finding> remarks) {

  /** Appraises what was verified. */
  static Verdict of(
      Verification verification, Optional<AppraisalPolicy> policy, List<Finding> remarks) {
    Optional<AttestationResult> appraisal =
        policy.isPresent() && verification instanceof Verification.Verified verified
            ? Optional.of(policy.get().appraise(verified))
            : Optional.empty();
    return new Verdict(verification, appraisal, remarks);
  }

  /** Intel's collateral that cannot be read, so that nothing was verified by it. */
  static Verdict refuted(MalformedException collateral) {
    return new Verdict(
        new Ledger().refuted(collateral.toFinding(TdxFinding.COLLATERAL_FORMAT)),
        Optional.empty(),
        List.of());
  }

  boolean isVerified() {
    return verification instanceof Verification.Verified;
  }

  boolean isRejected() {
    return appraisal.isPresent() && !(appraisal.get() instanceof AttestationResult.Affirmed);
  }

  /** 0 verified and not rejected, 1 otherwise. */
  int exitCode() {
    return isVerified() && !isRejected() ? Cvm.OK : Cvm.REFUSED;
  }

  /** Why not. */
  List<Finding> findings() {
    return appraisal.isPresent() ? appraisal.get().findings() : verification.findings();
  }

  /** What holds, but a reader must know. Nothing holds of refuted evidence. */
  List<Finding> warnings() {
    List<Finding> warnings = new ArrayList<>();
    if (verification instanceof Verification.Verified verified) {
      warnings.addAll(remarks);
      warnings.addAll(verified.notes());
    }
    appraisal.ifPresent(result -> warnings.addAll(result.warnings()));
    return warnings;
  }

  /** The proven claims; none if refuted. */
  List<Claims> claims() {
    return verification instanceof Verification.Verified verified
        ? verified.claims().groups()
        : List.of();
  }
}

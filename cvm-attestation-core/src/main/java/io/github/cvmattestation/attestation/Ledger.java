package io.github.cvmattestation.attestation;

import java.util.ArrayList;
import java.util.List;

/**
 * The book that a verifier keeps while it works, and the only door to a verdict. For authors of an
 * {@link io.github.cvmattestation.attestation.spi.EvidenceVerifier}; everybody else receives
 * verdicts and cannot make them.
 */
public final class Ledger {
  private final List<Check> checks = new ArrayList<>(24);
  private final List<Finding> notes = new ArrayList<>(1);

  /** An empty book. */
  public Ledger() {}

  /** Enters a check that has run and held. */
  public void passed(Check check) {
    checks.add(check);
  }

  /** Enters something that does not refute but that a reader of the verdict must be told. */
  public void note(Finding finding) {
    notes.add(finding);
  }

  /**
   * Every check held: {@code claims} are proven.
   *
   * @throws IllegalStateException if no check was entered: nothing proves nothing
   */
  public Verification.Verified verified(ClaimSet claims) {
    if (checks.isEmpty()) {
      throw new IllegalStateException("verified without a single check");
    }
    return new Verification.Verified(claims, checks, notes);
  }

  /** The first check that did not hold. */
  public Verification.Refuted refuted(Finding finding) {
    return new Verification.Refuted(List.of(finding), checks);
  }
}

package io.github.cvmattestation.attestation.internal;

import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Verification;

/**
 * A step's "no" on its way to the verifier that keeps the ledger, where it becomes a {@link
 * Verification.Refuted}. It never leaves a verifier. Without a stack trace: refusing hostile input
 * is a matter of course.
 */
public final class RefutedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Finding finding;

  /**
   * Refuses because of {@code finding}.
   *
   * @param finding the first thing that did not hold
   */
  public RefutedException(Finding finding) {
    super(finding.toString(), null, false, false);
    this.finding = finding;
  }

  /** Why. */
  public Finding finding() {
    return finding;
  }
}

package io.github.cvmattestation.attestation.internal;

import io.github.cvmattestation.attestation.Finding;

/**
 * A step of a verification that did not hold. Checked, so that no verifier forgets to turn it into
 * a {@link io.github.cvmattestation.attestation.Verification.Refuted}; it never leaves a verifier.
 */
public final class RefutedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Finding finding;

  /** The step failed, and this is what was found. */
  public RefutedException(Finding finding) {
    super(finding.toString(), null, false, false);
    this.finding = finding;
  }

  /** Why. */
  public Finding finding() {
    return finding;
  }
}

package io.github.cvmattestation.attestation.spi;

import io.github.cvmattestation.attestation.Finding;

/**
 * Carries the first broken link out of the steps of a verification. Checked and without a stack
 * trace: refusing is an everyday event, and it ends as a value before any public method returns.
 */
public final class RefutedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Finding finding;

  /** Refutes with this reason. */
  public RefutedException(Finding finding) {
    super(finding.toString(), null, false, false);
    this.finding = finding;
  }

  /** The reason. */
  public Finding finding() {
    return finding;
  }
}

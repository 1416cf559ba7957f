package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Finding;

/**
 * A key that no quote may be verified with. Checked, because such keys come with evidence: a
 * verifier turns it into a refusal.
 */
public final class UnfitKeyException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient Finding finding;

  UnfitKeyException(Finding finding) {
    super(finding.toString(), null, false, false);
    this.finding = finding;
  }

  /** Why: {@code TPM_WEAK}, {@code TPM_KEY} or {@code TPM_SCHEME}. */
  public Finding finding() {
    return finding;
  }
}

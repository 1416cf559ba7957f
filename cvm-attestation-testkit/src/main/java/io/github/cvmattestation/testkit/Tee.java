package io.github.cvmattestation.testkit;

/** What isolates a simulated machine. */
public enum Tee {
  /** AMD SEV-SNP. */
  SNP,
  /** Intel TDX. */
  TDX
}

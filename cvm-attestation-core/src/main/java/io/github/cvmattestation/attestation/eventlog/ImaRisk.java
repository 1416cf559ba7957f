package io.github.cvmattestation.attestation.eventlog;

/** What {@link ImaLog} refuses unless a caller asks for it by name. */
public enum ImaRisk {
  /**
   * Believe a log with violations: a file was written while it was read, so nobody knows which
   * contents ran. Whoever can open a file for writing can cause one, and be measured as nothing.
   */
  ALLOW_VIOLATIONS,
  /**
   * Believe a bank into which the kernel extended SHA-1 hashes, filled up with zeros. Linux did so
   * before it hashed for each bank by itself (5.8). SHA-1 collisions are practical: two files can
   * be made that leave the same trace.
   */
  ALLOW_SHA1_IN_OTHER_BANKS
}

package io.github.cvmattestation.attestation;

/**
 * One thing that a verifier makes sure of. The ids of the checks that ran are in every verdict (the
 * ledger), so that a check lost in a refactoring breaks a test and not a user.
 */
public interface Check {
  /** A stable id, such as {@code snp.signature}. */
  String id();

  /** What holds once the check has passed, as a sentence. */
  String statement();
}

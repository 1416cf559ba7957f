package io.github.cvmattestation.attestation;

/**
 * A stable reason. Every module has an enum of its own; the names are API, in the verdict's JSON as
 * in alerts that users build on them, and are never reused for anything else.
 */
public interface FindingCode {
  /** The code, upper case, such as {@code SNP_CHIP_ID}. */
  String name();

  /** The document and section that this code enforces. */
  String clause();
}

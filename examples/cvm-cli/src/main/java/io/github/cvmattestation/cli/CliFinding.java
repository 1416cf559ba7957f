package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.FindingCode;

/** What only the command can remark upon, for only the command lets one leave it out. */
enum CliFinding implements FindingCode {
  /** Nothing was compared that makes a replay impossible. */
  FRESHNESS_NOT_CHECKED("RFC 9334 §10"),
  /** A quote was only looked at, for its collateral was not given. */
  QUOTE_NOT_VERIFIED("RFC 9334 §8.2");

  private final String clause;

  CliFinding(String clause) {
    this.clause = clause;
  }

  @Override
  public String clause() {
    return clause;
  }
}

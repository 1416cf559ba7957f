package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.FindingCode;

/** Why an event log was refused. */
public enum LogFinding implements FindingCode {
  /** There is no log: no bytes, or nothing but padding. */
  LOG_EMPTY("TCG PFP §10.4.5.1"),
  /** The log, or one of its events, is larger than any that is read. */
  LOG_LIMIT("TCG PFP §10.2.2, eventSize"),
  /** The log is not in the crypto-agile format, to its last byte. */
  LOG_FORMAT("TCG PFP §10.2 and §10.4.5.1; UEFI 2.10 §38.1"),
  /** An event names a register that does not exist or that nobody extends. */
  LOG_INDEX("UEFI 2.10 §38.4.1; TCG PFP §10.2.2, pcrIndex"),
  /** The log has no digests of the algorithm that the registers extend with. */
  LOG_BANK("TCG PFP §10.4.5.1, digestSizes"),
  /** The events do not add up to the value of a register. */
  LOG_REPLAY("TPM 2.0 Part 1 §17.3; Intel TDX Module ABI, TDG.MR.RTMR.EXTEND"),
  /** Event data of a kind that is measured as it stands is not what was measured. */
  LOG_DATA("TCG PFP §10.4.1"),
  /** A register was closed twice, with a failure, or under the name of something else. */
  LOG_SEPARATOR("TCG PFP §10.4.1, EV_SEPARATOR");

  private final String clause;

  LogFinding(String clause) {
    this.clause = clause;
  }

  @Override
  public String clause() {
    return clause;
  }
}

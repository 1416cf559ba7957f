package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.MalformedException;

/**
 * The four TCB versions of a report, decoded for its product line (AMD 56860, section 3.3).
 *
 * @param reported what the signing key is derived from
 * @param committed what the platform cannot roll back below
 * @param current what runs
 * @param launch what ran when the guest was launched or imported
 */
public record SnpTcb(
    TcbVersion reported, TcbVersion committed, TcbVersion current, TcbVersion launch) {
  /** Decodes them all; reserved bytes must be zero. */
  public static SnpTcb of(ProductLine line, SnpReport report) throws MalformedException {
    return new SnpTcb(
        TcbVersion.parse(line, report.reportedTcb()),
        TcbVersion.parse(line, report.committedTcb()),
        TcbVersion.parse(line, report.currentTcb()),
        TcbVersion.parse(line, report.launchTcb()));
  }
}

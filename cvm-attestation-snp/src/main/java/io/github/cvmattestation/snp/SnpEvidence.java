package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Evidence;

/** SEV-SNP evidence: a report, without a container. */
public final class SnpEvidence {
  /** Media type of a bare ATTESTATION_REPORT of 1184 bytes. */
  public static final String MEDIA_TYPE = "application/vnd.cvm-attestation.snp-report";

  private SnpEvidence() {}

  /** Evidence that consists of one report. */
  public static Evidence of(Bytes report) {
    return new Evidence(MEDIA_TYPE, report);
  }
}

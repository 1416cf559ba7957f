package io.github.cvmattestation.azure.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.AzureFinding;
import io.github.cvmattestation.azure.HclReport;

/**
 * Runtime claims whose digest the hardware signed. There is no other way to one, and {@link
 * RuntimeClaims} reads nothing else: a claim cannot be believed before it is bound.
 */
public final class BoundClaims {
  private final Bytes json;

  private BoundClaims(Bytes json) {
    this.json = json;
  }

  /**
   * Compares the digest of the claims, exactly as received, with the front of REPORT_DATA; the rest
   * of REPORT_DATA must be zero, so that one REPORT_DATA has one reading.
   *
   * @param proven REPORT_DATA of a hardware report whose signature was verified
   */
  public static BoundClaims of(HclReport report, ReportData proven) throws RefutedException {
    Bytes digest = Digests.digest(report.hashType().algorithm(), report.unverifiedClaims());
    Bytes expected = digest.concat(Bytes.zeros(ReportData.SIZE - digest.size()));
    if (!expected.equals(proven.value())) {
      throw new RefutedException(Finding.of(AzureFinding.RUNTIME_HASH, proven.value(), expected));
    }
    return new BoundClaims(report.unverifiedClaims());
  }

  Bytes json() {
    return json;
  }
}

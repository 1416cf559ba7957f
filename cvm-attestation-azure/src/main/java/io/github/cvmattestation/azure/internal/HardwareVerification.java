package io.github.cvmattestation.azure.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Claims;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.internal.DerReader;
import io.github.cvmattestation.attestation.internal.Pem;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.AzureCheck;
import io.github.cvmattestation.azure.AzureCvmEvidence;
import io.github.cvmattestation.azure.AzureFinding;
import io.github.cvmattestation.azure.HclReport;
import io.github.cvmattestation.azure.HclReport.ReportType;
import io.github.cvmattestation.snp.SnpClaims;
import io.github.cvmattestation.snp.SnpVerifier;
import io.github.cvmattestation.tdx.TdReport;
import io.github.cvmattestation.tdx.TdxClaims;
import io.github.cvmattestation.tdx.TdxVerifier;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The link that differs between processors: what the hardware signed. SEV-SNP signs the report that
 * lies in the HCL report. TDX does not: a TDREPORT is for this machine alone, so a quote is made
 * from it, and the quote is what counts.
 */
final class HardwareVerification {
  private final SnpVerifier snp;
  private final TdxVerifier tdx;

  HardwareVerification(SnpVerifier snp, TdxVerifier tdx) {
    this.snp = snp;
    this.tdx = tdx;
  }

  /**
   * What the hardware's vendor vouches for.
   *
   * @param claims all that the hardware signed
   * @param reportData the part of it that the paravisor chose
   */
  record Proven(Claims claims, ReportData reportData) {}

  Proven verify(
      AzureCvmEvidence evidence,
      HclReport report,
      Endorsements endorsements,
      Instant at,
      Ledger ledger)
      throws RefutedException {
    if (evidence.hardware() instanceof AzureCvmEvidence.TdQuote quote) {
      requireType(report, ReportType.TDX);
      ledger.passed(AzureCheck.REPORT_TYPE);
      return verifyTdx(quote.quote(), report, endorsements, at, ledger);
    }
    Bytes leaf = leaf(evidence.form(), (AzureCvmEvidence.Vcek) evidence.hardware());
    requireType(report, ReportType.SNP);
    ledger.passed(AzureCheck.REPORT_TYPE);
    SnpClaims claims =
        snp.verify(report.hardwareReport(), endorsements.withCertificates(leaf), at, ledger);
    return new Proven(claims, new ReportData(claims.report().reportData()));
  }

  private Proven verifyTdx(
      Bytes quote, HclReport report, Endorsements endorsements, Instant at, Ledger ledger)
      throws RefutedException {
    TdxClaims claims = tdx.verify(quote, endorsements, at, ledger);
    requireMadeFrom(report.hardwareReport(), claims);
    ledger.passed(AzureCheck.TD_REPORT);
    return new Proven(claims, new ReportData(claims.quote().body().reportData()));
  }

  /** The TDREPORT proves nothing; but one that the quote was not made from has been exchanged. */
  private static void requireMadeFrom(Bytes tdReport, TdxClaims claims) throws RefutedException {
    TdReport report;
    try {
      report = TdReport.parse(tdReport);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(AzureFinding.RUNTIME_TYPE));
    }
    Optional<String> wrongHash = report.wrongHash();
    if (wrongHash.isPresent()) {
      throw refuted(
          AzureFinding.AZURE_TD_REPORT, wrongHash.get() + " of what it covers", "another digest");
    }
    Optional<TdReport.Difference> difference = report.firstDifference(claims.quote().body());
    if (difference.isPresent()) {
      TdReport.Difference differing = difference.get();
      throw refuted(
          AzureFinding.AZURE_TD_REPORT,
          differing.field() + " of the quote: " + differing.inQuote().abbreviated(),
          "in TDREPORT: " + differing.inReport().abbreviated());
    }
  }

  private static void requireType(HclReport report, ReportType type) throws RefutedException {
    if (report.reportType() != type) {
      throw refuted(
          AzureFinding.AZURE_TEE,
          "an HCL report of " + type + ", as the evidence beside it",
          report.reportType().name());
    }
  }

  /** The leaf in DER. Exactly one certificate: what else a bundle could hold is the caller's. */
  private static Bytes leaf(AzureCvmEvidence.Form form, AzureCvmEvidence.Vcek vcek)
      throws RefutedException {
    Bytes leaf = vcek.certificate();
    try {
      if (form == AzureCvmEvidence.Form.V0) {
        List<Bytes> blocks = Pem.decode(leaf, "CERTIFICATE");
        if (blocks.size() != 1) {
          throw new MalformedException(
              "evidence.vcek", "one certificate", blocks.size() + " of them");
        }
        leaf = blocks.get(0);
      }
      DerReader certificate = new DerReader("evidence.vcek", leaf);
      certificate.element(DerReader.SEQUENCE);
      certificate.end();
      return leaf;
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(AzureFinding.EVIDENCE_FORMAT));
    }
  }

  private static RefutedException refuted(AzureFinding code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}

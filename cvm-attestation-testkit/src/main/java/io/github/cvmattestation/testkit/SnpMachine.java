package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.TrustAnchors;
import java.util.Collection;
import java.util.function.UnaryOperator;

/** A chip of AMD's with its VCEK. */
final class SnpMachine implements SimulatedMachine {
  private final FakeAmdPki pki;
  private final Line line;
  private final Bytes chipId;
  private final Leaf leaf;
  private final UnaryOperator<SnpReportWriter> reportChanges;

  SnpMachine(
      FakeAmdPki pki,
      Line line,
      String seed,
      UnaryOperator<LeafSpec> leafChanges,
      UnaryOperator<SnpReportWriter> reportChanges) {
    this.pki = pki;
    this.line = line;
    this.reportChanges = reportChanges;
    chipId = line.chipId(seed);
    leaf = pki.issue(leafChanges.apply(LeafSpec.vcek(line).hardwareId(chipId)));
  }

  FakeAmdPki pki() {
    return pki;
  }

  Line line() {
    return line;
  }

  Leaf leaf() {
    return leaf;
  }

  @Override
  public Tee tee() {
    return Tee.SNP;
  }

  @Override
  public HclReportWriter hcl(String claims) {
    return HclReportWriter.snp(claims).version(line == Line.MILAN ? 1 : 2);
  }

  @Override
  public Bytes hardwareReport(ReportData reportData) {
    SnpReportWriter writer = SnpReportWriter.of(line).chipId(chipId).reportData(reportData);
    return reportChanges.apply(writer).sign(leaf.key());
  }

  @Override
  public String evidence(
      int version,
      Bytes hclReport,
      Bytes hardwareReport,
      SignedQuote quote,
      Collection<Bytes> pcrs) {
    return version == 0
        ? CocoEvidence.v0(hclReport, leaf.certificate(), quote, pcrs)
        : CocoEvidence.versioned(version, hclReport, leaf.certificate(), quote, pcrs);
  }

  @Override
  public Endorsements endorsements() {
    return Endorsements.ofCertificates(pki.chainPem(line))
        .withRevocationList(pki.crl(CrlSpec.of(line)));
  }

  @Override
  public TrustAnchors trustAnchors() {
    return pki.trustAnchors(line);
  }

  /** VCEK, ASK and ARK in the table that a host hands out with an extended report. */
  Bytes certificateTable() {
    return AmdCertificateTableWriter.empty()
        .add(AmdCertificateTableWriter.VCEK, leaf.certificate())
        .add(AmdCertificateTableWriter.ASK, pki.ask(line).certificate())
        .add(AmdCertificateTableWriter.ARK, pki.ark(line).certificate())
        .write();
  }
}

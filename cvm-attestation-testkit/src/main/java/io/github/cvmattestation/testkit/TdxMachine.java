package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.TrustAnchors;
import java.util.Collection;
import java.util.function.UnaryOperator;

/** A platform of Intel's with its PCK certificate, and the TD that Azure's paravisor runs in. */
final class TdxMachine implements SimulatedMachine {
  private final FakeIntelPki pki;
  private final IntelCertificate pck;
  private final EcSigningKey attestationKey;
  private final IntelCollateral collateral;
  private final int quoteVersion;
  private final int bodyType;
  private final UnaryOperator<TdReportWriter> tdReportChanges;
  private final UnaryOperator<TdQuoteWriter> tdQuoteChanges;

  /** What is not as it is with a healthy machine; each is applied before hashing and signing. */
  static final class Changes {
    int quoteVersion = 4;
    int bodyType = TdBodyWriter.TD_1_5;
    UnaryOperator<IntelCertificateSpec> pck = UnaryOperator.identity();
    UnaryOperator<TdReportWriter> tdReport = UnaryOperator.identity();
    UnaryOperator<TdQuoteWriter> tdQuote = UnaryOperator.identity();
    UnaryOperator<TcbInfoWriter> tcbInfo = UnaryOperator.identity();
    UnaryOperator<QeIdentityWriter> qeIdentity = UnaryOperator.identity();
    UnaryOperator<IntelCollateral> collateral = UnaryOperator.identity();
  }

  TdxMachine(FakeIntelPki pki, String seed, Changes changes) {
    this.pki = pki;
    quoteVersion = changes.quoteVersion;
    bodyType = changes.bodyType;
    tdReportChanges = changes.tdReport;
    tdQuoteChanges = changes.tdQuote;
    attestationKey = EcSigningKey.p256(seed + " attestation key");
    Bytes ids = Hashes.digest("SHA-256", seed + " platform");
    IntelCertificateSpec spec =
        pki.pckSpec().sgx(sgx -> sgx.ppid(ids.slice(0, 16)).platformInstanceId(ids.slice(16, 32)));
    pck = pki.issue(changes.pck.apply(spec));
    collateral =
        changes.collateral.apply(
            pki.collateral()
                .withTcbInfo(changes.tcbInfo.apply(pki.tcbInfo()).sign(pki))
                .withQeIdentity(changes.qeIdentity.apply(pki.qeIdentity()).sign(pki)));
  }

  FakeIntelPki pki() {
    return pki;
  }

  IntelCertificate pck() {
    return pck;
  }

  IntelCollateral collateral() {
    return collateral;
  }

  @Override
  public Tee tee() {
    return Tee.TDX;
  }

  @Override
  public HclReportWriter hcl(String claims) {
    return HclReportWriter.tdx(claims);
  }

  /** Azure's TDs have no attribute set, and no RTMR: the guest's state is in the vTPM alone. */
  @Override
  public Bytes hardwareReport(ReportData reportData) {
    TdReportWriter writer = TdReportWriter.tdx15().tdAttributes(0).reportData(reportData);
    return tdReportChanges.apply(writer).write();
  }

  Bytes quote(Bytes tdReport) {
    TdQuoteWriter writer = quoteVersion == 4 ? TdQuoteWriter.v4() : TdQuoteWriter.v5(bodyType);
    return tdQuoteChanges
        .apply(writer.tdReport(tdReport).attestationKey(attestationKey))
        .sign(pck.key(), pki.pckChain(pck));
  }

  @Override
  public String evidence(
      int version,
      Bytes hclReport,
      Bytes hardwareReport,
      SignedQuote quote,
      Collection<Bytes> pcrs) {
    return CocoEvidence.tdx(version, hclReport, quote(hardwareReport), quote, pcrs);
  }

  @Override
  public Endorsements endorsements() {
    return Endorsements.none().withDocument(collateral.phala());
  }

  @Override
  public TrustAnchors trustAnchors() {
    return pki.trustAnchors();
  }
}

package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.ReferenceValues;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.RevocationList;
import io.github.cvmattestation.attestation.eventlog.EventLog;
import io.github.cvmattestation.attestation.eventlog.RegisterBank;
import io.github.cvmattestation.attestation.eventlog.RegisterKind;
import io.github.cvmattestation.attestation.eventlog.Replay;
import io.github.cvmattestation.azure.AzureCvmEvidence;
import io.github.cvmattestation.azure.HclReport;
import io.github.cvmattestation.azure.ReleasePolicy;
import io.github.cvmattestation.snp.AmdCertificateTable;
import io.github.cvmattestation.snp.SnpReport;
import io.github.cvmattestation.snp.ThimCertification;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdReport;
import io.github.cvmattestation.tdx.TdxCollateral;
import io.github.cvmattestation.vtpm.PolicyApproval;
import io.github.cvmattestation.vtpm.SealedSecret;
import io.github.cvmattestation.vtpm.TpmsAttest;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Tells what a file is. First by what no other format begins with, then by its parser: what a
 * parser refuses is named together with the parser's reason.
 */
final class FileFormat {
  private static final Bytes HCL_SIGNATURE = ascii("HCLA"); // OpenHCL igvm_attest: signature
  private static final Bytes SPEC_ID_EVENT = ascii("Spec ID Event03");
  private static final int SPEC_ID = 32; // TCG_PCR_EVENT's header, SHA-1
  private static final int VENDOR_ID = 12;
  private static final int TDX_TYPE = 0x81;
  private static final Bytes SEALED_SECRET = ascii("CVMSEAL");
  private static final Bytes APPROVAL = ascii("CVMAPPR1");
  private static final Bytes PEM = ascii("-----BEGIN ");
  private static final Bytes PEM_CRL = ascii("-----BEGIN X509 CRL-----");
  private static final Bytes DER_SEQUENCE = Bytes.of((byte) 0x30);

  private FileFormat() {}

  /**
   * What a file is.
   *
   * @param problem why it is not well-formed, if it is not
   */
  record Found(String kind, ClaimValue.Group fields, Optional<String> problem) {}

  /** Reads a format. */
  private interface Reader {
    ClaimValue.Group read(Bytes content) throws MalformedException;
  }

  /** The format of {@code content}, if there is one that it resembles. */
  static Optional<Found> of(Bytes content) {
    Bytes text = withoutLeadingSpace(content);
    if (content.size() == SnpReport.SIZE) {
      return found("ATTESTATION_REPORT of SEV-SNP", content, FileFormat::report);
    } else if (content.startsWith(HCL_SIGNATURE)) {
      return found("an HCL report", content, c -> EvidenceFields.of(HclReport.parse(c)));
    } else if (isQuote(content)) {
      return found("a TD quote", content, c -> QuoteFields.of(TdQuote.parse(c)));
    } else if (content.size() == TdReport.SIZE && content.get(0) == TDX_TYPE) {
      return found("a TDREPORT", content, c -> QuoteFields.of(TdReport.parse(c)));
    } else if (isEventLog(content)) {
      return found("an event log", content, FileFormat::eventLog);
    } else if (TpmsAttest.isTpmGenerated(content)) {
      return found("TPMS_ATTEST", content, c -> EvidenceFields.of(TpmsAttest.parse(c)));
    } else if (content.startsWith(SEALED_SECRET)) {
      return found("a sealed secret", content, c -> SealedFields.of(SealedSecret.parse(c)));
    } else if (content.startsWith(APPROVAL)) {
      return found(
          "an approval of register values", content, c -> SealedFields.of(PolicyApproval.parse(c)));
    } else if (text.startsWith(PEM_CRL)) {
      return found("a revocation list, PEM", content, FileFormat::revocationList);
    } else if (text.startsWith(PEM)) {
      return found("certificates, PEM", content, FileFormat::certificates);
    } else if (text.startsWith(ascii("{"))) {
      return json(content, text);
    } else if (TokenFields.resembles(text)) {
      return found("a token, JWT", content, TokenFields::of);
    } else if (content.startsWith(DER_SEQUENCE)) {
      Found certificates = found("certificates, DER", content, FileFormat::certificates).get();
      Found list = found("a revocation list, DER", content, FileFormat::revocationList).get();
      return Optional.of(list.problem().isEmpty() ? list : certificates);
    }
    Found table = found("AMD's certificate table", content, FileFormat::table).get();
    if (table.problem().isEmpty()) {
      return Optional.of(table);
    }
    // Logs from before the crypto-agile format begin with nothing of their own.
    Found log = found("an event log", content, FileFormat::eventLog).get();
    return log.problem().isEmpty() ? Optional.of(log) : Optional.empty();
  }

  private static Optional<Found> json(Bytes content, Bytes text) {
    String start = new String(text.toArray(), StandardCharsets.ISO_8859_1);
    if (start.contains("\"anyOf\"")) {
      return found(
          "a release policy, JSON", content, c -> ReleaseFields.of(ReleasePolicy.parse(c)));
    } else if (start.contains("\"vcekCert\"")) {
      return found("a THIM answer, JSON", content, FileFormat::thim);
    } else if (start.contains("\"tcb_info\"")) {
      return found(
          "Intel's collateral, JSON", content, c -> QuoteFields.of(TdxCollateral.parse(c)));
    } else if (start.contains("\"hcl_report\"") || start.contains("\"quote\"")) {
      return found(
          "evidence of an Azure CVM, JSON",
          content,
          c -> EvidenceFields.of(AzureCvmEvidence.parse(c)));
    }
    if (start.contains("\"x-ms-attestation-type\"")) {
      return found("a token's claims, JSON", content, c -> JsonTree.read("claims", c).members());
    }
    return policy(content);
  }

  private static Optional<Found> policy(Bytes content) {
    try {
      AppraisalPolicy.fromReferenceValues(ReferenceValues.parse(content));
    } catch (AttestationException e) {
      return Optional.of(problem("a policy, JSON", String.valueOf(e.getMessage())));
    }
    return found("a policy, JSON", content, c -> JsonTree.read("policy", c).members());
  }

  /** By Intel's QE vendor id, at byte 12 of every version. */
  private static boolean isQuote(Bytes content) {
    Bytes vendor = TdQuote.INTEL_QE_VENDOR_ID;
    return content.size() > VENDOR_ID + vendor.size()
        && content.slice(VENDOR_ID, VENDOR_ID + vendor.size()).equals(vendor);
  }

  /** By the signature of its first event's data. */
  private static boolean isEventLog(Bytes content) {
    return content.size() > SPEC_ID + SPEC_ID_EVENT.size()
        && content.slice(SPEC_ID, SPEC_ID + SPEC_ID_EVENT.size()).equals(SPEC_ID_EVENT);
  }

  /**
   * What it adds up to; its events are nobody's word until registers have been compared. A log that
   * cannot be one of PCRs may be a CCEL: its padding tells.
   */
  private static ClaimValue.Group eventLog(Bytes content) throws MalformedException {
    Replay computed = EventLog.compute(content, RegisterKind.PCR);
    if (!(computed instanceof Replay.Computed)
        && EventLog.compute(content, RegisterKind.RTMR) instanceof Replay.Computed ccel) {
      computed = ccel;
    }
    if (!(computed instanceof Replay.Computed sums)) {
      throw new MalformedException("event log", computed.findings().get(0));
    }
    ClaimValue.Builder banks = ClaimValue.Group.builder();
    for (RegisterBank bank : sums.banks()) {
      ClaimValue.Builder registers = ClaimValue.Group.builder();
      bank.values().forEach((number, value) -> registers.put(number.toString(), value));
      banks.put(bank.algorithm().bankName(), registers.build());
    }
    ClaimValue.Builder fields =
        ClaimValue.Group.builder()
            .put("registers", sums.banks().get(0).kind().name())
            .put("addsUpTo", banks.build());
    return LogFields.addTo(fields, content, sums).build();
  }

  private static Optional<Found> found(String kind, Bytes content, Reader reader) {
    try {
      return Optional.of(new Found(kind, reader.read(content), Optional.empty()));
    } catch (MalformedException e) {
      return Optional.of(problem(kind, e.problem()));
    }
  }

  private static Found problem(String kind, String problem) {
    return new Found(kind, ClaimValue.Group.builder().build(), Optional.of(problem));
  }

  private static ClaimValue.Group report(Bytes content) throws MalformedException {
    return ReportFields.of(SnpReport.parse(content));
  }

  private static ClaimValue.Group certificates(Bytes content) throws MalformedException {
    return ClaimValue.Group.builder()
        .put("certificates", CertificateFields.of(CertificateBundle.parse(content)))
        .build();
  }

  private static ClaimValue.Group revocationList(Bytes content) throws MalformedException {
    return CertificateFields.of(RevocationList.parse(content));
  }

  private static ClaimValue.Group table(Bytes content) throws MalformedException {
    Endorsements inside = AmdCertificateTable.parse(content);
    if (inside.certificates().isEmpty() && inside.revocationLists().isEmpty()) {
      throw new MalformedException("certificate table", "a certificate", "none");
    }
    return CertificateFields.of(inside);
  }

  private static ClaimValue.Group thim(Bytes content) throws MalformedException {
    ThimCertification thim = ThimCertification.parse(content);
    return ClaimValue.Group.builder()
        .put("tcbm", thim.tcbm())
        .put("endorsements", CertificateFields.of(thim.toEndorsements()))
        .build();
  }

  private static Bytes withoutLeadingSpace(Bytes content) {
    int at = 0;
    while (at < content.size() && " \t\r\n".indexOf(content.get(at)) >= 0) {
      at++;
    }
    return content.slice(at, content.size());
  }

  private static Bytes ascii(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
  }
}

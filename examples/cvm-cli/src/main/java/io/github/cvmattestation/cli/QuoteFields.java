package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.RevocationList;
import io.github.cvmattestation.tdx.IsvLevel;
import io.github.cvmattestation.tdx.QeIdentity;
import io.github.cvmattestation.tdx.TcbInfo;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdQuoteBody;
import io.github.cvmattestation.tdx.TdReport;
import io.github.cvmattestation.tdx.TdxCollateral;
import java.util.ArrayList;
import java.util.List;

/** What TD quotes, TDREPORTs and Intel's collateral say. */
final class QuoteFields {
  private QuoteFields() {}

  static ClaimValue.Group of(TdQuote quote) throws MalformedException {
    return body(ClaimValue.Group.builder().put("quoteVersion", quote.version()), quote.body())
        .put("qeMrSigner", quote.qe().report().mrSigner())
        .put("qeIsvSvn", quote.qe().report().isvSvn())
        .put("attestationKey", quote.attestationKey())
        .put("signature", quote.signature())
        .put("trailingBytes", quote.trailingBytes().size())
        .put("pckChain", CertificateFields.of(CertificateBundle.parse(quote.qe().pckChain())))
        .build();
  }

  private static ClaimValue.Builder body(ClaimValue.Builder fields, TdQuoteBody body) {
    fields
        .put("teeTcbSvn", body.teeTcbSvn())
        .put("mrSeam", body.mrSeam())
        .put("mrSignerSeam", body.mrSignerSeam())
        .put("attributes", body.attributes().toGroup())
        .put("xfam", body.xfam().toGroup())
        .put("mrtd", body.mrTd())
        .put("mrConfigId", body.mrConfigId())
        .put("mrOwner", body.mrOwner())
        .put("mrOwnerConfig", body.mrOwnerConfig())
        .put("rtmr", binaries(body.rtmrs()))
        .put("reportData", body.reportData());
    body.td15()
        .ifPresent(
            td15 ->
                fields.put("teeTcbSvn2", td15.teeTcbSvn2()).put("mrServiceTd", td15.mrServiceTd()));
    return fields;
  }

  static ClaimValue.Group of(TdReport report) {
    return ClaimValue.Group.builder()
        .put("version", report.version())
        .put("cpuSvn", report.cpuSvn())
        .put("teeTcbSvn", report.teeTcbInfo().teeTcbSvn())
        .put("mrSeam", report.teeTcbInfo().mrSeam())
        .put("attributes", report.tdInfo().attributes().toGroup())
        .put("xfam", report.tdInfo().xfam().toGroup())
        .put("mrtd", report.tdInfo().mrTd())
        .put("mrConfigId", report.tdInfo().mrConfigId())
        .put("mrOwner", report.tdInfo().mrOwner())
        .put("mrOwnerConfig", report.tdInfo().mrOwnerConfig())
        .put("rtmr", binaries(report.tdInfo().rtmrs()))
        .put("reportData", report.reportData())
        .put("hashes", report.wrongHash().map(name -> "wrong: " + name).orElse("consistent"))
        .build();
  }

  static ClaimValue.Group of(TdxCollateral collateral) throws MalformedException {
    return ClaimValue.Group.builder()
        .put("tcbInfo", of(TcbInfo.parse(collateral.tcbInfo())))
        .put(
            "tcbInfoChain",
            CertificateFields.of(CertificateBundle.parse(collateral.tcbInfoChain())))
        .put("qeIdentity", of(QeIdentity.parse(collateral.qeIdentity())))
        .put(
            "qeIdentityChain",
            CertificateFields.of(CertificateBundle.parse(collateral.qeIdentityChain())))
        .put("pckCrl", CertificateFields.of(RevocationList.parse(collateral.pckCrl())))
        .put("rootCrl", CertificateFields.of(RevocationList.parse(collateral.rootCrl())))
        .build();
  }

  private static ClaimValue.Group of(TcbInfo info) {
    List<ClaimValue> levels = new ArrayList<>();
    info.levels()
        .forEach(
            level ->
                levels.add(
                    ClaimValue.Group.builder()
                        .put("sgxComponents", level.sgxComponents())
                        .put("pceSvn", level.pceSvn())
                        .put("tdxComponents", level.tdxComponents())
                        .put("tcbDate", level.tcbDate().toString())
                        .put("status", level.status().label())
                        .build()));
    return ClaimValue.Group.builder()
        .put("fmspc", info.fmspc())
        .put("pceId", info.pceId())
        .put("issueDate", info.issueDate().toString())
        .put("nextUpdate", info.nextUpdate().toString())
        .put("evaluationDataNumber", info.evaluationDataNumber())
        .put("levels", new ClaimValue.Many(levels))
        .build();
  }

  private static ClaimValue.Group of(QeIdentity identity) {
    List<ClaimValue> levels = new ArrayList<>();
    for (IsvLevel level : identity.levels()) {
      levels.add(
          ClaimValue.Group.builder()
              .put("isvSvn", level.isvSvn())
              .put("tcbDate", level.tcbDate().toString())
              .put("status", level.status().label())
              .build());
    }
    return ClaimValue.Group.builder()
        .put("mrSigner", identity.mrSigner())
        .put("isvProdId", identity.isvProdId())
        .put("issueDate", identity.issueDate().toString())
        .put("nextUpdate", identity.nextUpdate().toString())
        .put("evaluationDataNumber", identity.evaluationDataNumber())
        .put("levels", new ClaimValue.Many(levels))
        .build();
  }

  private static ClaimValue.Many binaries(List<Bytes> values) {
    List<ClaimValue> all = new ArrayList<>();
    values.forEach(value -> all.add(new ClaimValue.Binary(value)));
    return new ClaimValue.Many(all);
  }
}

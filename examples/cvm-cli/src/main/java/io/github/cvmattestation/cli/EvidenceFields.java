package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.azure.AzureCvmEvidence;
import io.github.cvmattestation.azure.HclReport;
import io.github.cvmattestation.snp.SnpReport;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdReport;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.TpmsAttest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What the parts of an Azure VM's evidence say. */
final class EvidenceFields {
  private EvidenceFields() {}

  static ClaimValue.Group of(AzureCvmEvidence evidence) throws MalformedException {
    ClaimValue.Builder pcrs = ClaimValue.Group.builder();
    List<Bytes> values = evidence.quote().pcrs();
    for (int i = 0; i < values.size(); i++) {
      pcrs.put(Integer.toString(i), values.get(i));
    }
    ClaimValue.Builder fields =
        ClaimValue.Group.builder()
            .put("form", evidence.form().name())
            .put("wrapped", evidence.wrapped())
            .put("hclReport", of(HclReport.parse(evidence.hclReport())));
    if (evidence.hardware() instanceof AzureCvmEvidence.Vcek vcek) {
      fields.put("vcek", CertificateFields.of(CertificateBundle.parse(vcek.certificate())));
    } else if (evidence.hardware() instanceof AzureCvmEvidence.TdQuote td) {
      fields.put("tdQuote", QuoteFields.of(TdQuote.parse(td.quote())));
    }
    return fields
        .put("quote", of(TpmsAttest.parse(evidence.quote().message())))
        .put("quoteSignature", evidence.quote().signature())
        .put("pcrs", ClaimValue.Group.builder().put("sha256", pcrs.build()).build())
        .build();
  }

  static ClaimValue.Group of(HclReport hcl) throws MalformedException {
    ClaimValue.Builder fields =
        ClaimValue.Group.builder()
            .put("version", hcl.version())
            .put("reportType", hcl.reportType().name())
            .put("hashType", hcl.hashType().algorithm())
            .put(
                "runtimeClaims",
                new String(hcl.unverifiedClaims().toArray(), StandardCharsets.UTF_8));
    return hcl.reportType() == HclReport.ReportType.SNP
        ? fields
            .put("hardwareReport", ReportFields.of(SnpReport.parse(hcl.hardwareReport())))
            .build()
        : fields
            .put("hardwareReport", QuoteFields.of(TdReport.parse(hcl.hardwareReport())))
            .build();
  }

  static ClaimValue.Group of(TpmsAttest attest) {
    ClaimValue.Builder fields =
        ClaimValue.Group.builder()
            .put("type", attest.type().name())
            .put("qualifiedSigner", attest.qualifiedSigner())
            .put("extraData", attest.extraData())
            .put("clock", attest.clockInfo().clock())
            .put("resetCount", attest.clockInfo().resetCount())
            .put("restartCount", attest.clockInfo().restartCount())
            .put("safe", attest.clockInfo().safe())
            .put("firmwareVersion", attest.firmwareVersion());
    attest
        .quote()
        .ifPresent(
            quote -> {
              List<ClaimValue> selections = new ArrayList<>();
              for (PcrSelection selection : quote.pcrSelect().pcrSelections()) {
                selections.add(
                    new ClaimValue.Text(selection.hash().bankName() + " " + selection.indices()));
              }
              fields
                  .put("pcrSelect", new ClaimValue.Many(selections))
                  .put("pcrDigest", quote.pcrDigest());
            });
    return fields.build();
  }
}

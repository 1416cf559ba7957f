package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.SnpReport;
import io.github.cvmattestation.snp.TcbVersion;
import java.util.Optional;

/** What an ATTESTATION_REPORT says (AMD 56860, section 7.3, table 23). */
final class ReportFields {
  private ReportFields() {}

  static ClaimValue.Group of(SnpReport report) {
    Optional<ProductLine> line =
        report.cpuid().flatMap(cpuid -> ProductLine.ofCpuid(cpuid.family(), cpuid.model()));
    ClaimValue.Builder fields =
        ClaimValue.Group.builder()
            .put("reportVersion", report.version())
            .put("product", line.map(ProductLine::label).orElse("not said"))
            .put("guestSvn", report.guestSvn())
            .put("policy", report.policy().toGroup())
            .put("familyId", report.familyId())
            .put("imageId", report.imageId())
            .put("vmpl", report.vmpl())
            .put("platformInfo", report.platformInfo().toGroup())
            .put("signingKey", report.signerInfo().signingKey().name())
            .put("authorKeyEnabled", report.signerInfo().authorKeyEnabled())
            .put("chipKeyMasked", report.signerInfo().maskChipKey())
            .put("reportData", report.reportData())
            .put("measurement", report.measurement())
            .put("hostData", report.hostData())
            .put("idKeyDigest", report.idKeyDigest())
            .put("authorKeyDigest", report.authorKeyDigest())
            .put("reportId", report.reportId())
            .put("reportIdMa", report.reportIdMa())
            .put("reportedTcb", tcb(line, report.reportedTcb()))
            .put("committedTcb", tcb(line, report.committedTcb()))
            .put("currentTcb", tcb(line, report.currentTcb()))
            .put("launchTcb", tcb(line, report.launchTcb()));
    report
        .cpuid()
        .ifPresent(
            cpuid ->
                fields
                    .put("cpuidFamily", cpuid.family())
                    .put("cpuidModel", cpuid.model())
                    .put("cpuidStepping", cpuid.stepping()));
    return fields
        .put("chipId", report.chipId())
        .put("currentVersion", report.currentVersion().toString())
        .put("committedVersion", report.committedVersion().toString())
        .put("launchMitVector", report.launchMitVector())
        .put("currentMitVector", report.currentMitVector())
        .put("signatureR", report.signatureR())
        .put("signatureS", report.signatureS())
        .build();
  }

  /** Its components where the product line is known, for the layout depends on it; else bytes. */
  private static ClaimValue tcb(Optional<ProductLine> line, Bytes raw) {
    if (line.isPresent()) {
      try {
        return TcbVersion.parse(line.get(), raw).toGroup();
      } catch (MalformedException e) {
        return new ClaimValue.Text(raw.hex() + ", malformed");
      }
    }
    return new ClaimValue.Binary(raw);
  }
}

package io.github.cvmattestation.azure.internal.endorsement;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.CertificateBundle;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.snp.LeafCertificate;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.SnpReport;
import io.github.cvmattestation.snp.TcbVersion;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The address of a VCEK at AMD's key distribution service: chip and TCB are in it (AMD 57230).
 *
 * @param line of the chip
 * @param hwId 64 bytes, or 8 on Turin
 * @param tcb REPORTED_TCB: of the others the key is not derived
 */
public record KdsQuestion(ProductLine line, Bytes hwId, TcbVersion tcb) {
  private static final int TURIN_HW_ID = 8;

  /** How the service calls the components, in its order. */
  private static final List<Map.Entry<String, String>> PARAMETERS =
      List.of(
          Map.entry("fmc", "fmcSPL"),
          Map.entry("bootLoader", "blSPL"),
          Map.entry("tee", "teeSPL"),
          Map.entry("snp", "snpSPL"),
          Map.entry("microcode", "ucodeSPL"));

  /**
   * The line of the chip that made {@code report}, if it says so: from version 3 on.
   *
   * @throws AttestationException.Configuration if it names a processor that is not known
   */
  public static Optional<ProductLine> line(SnpReport report) {
    return report.cpuid().map(KdsQuestion::line);
  }

  private static ProductLine line(SnpReport.Cpuid cpuid) {
    return ProductLine.ofCpuid(cpuid.family(), cpuid.model())
        .orElseThrow(
            () ->
                new AttestationException.Configuration(
                    "the report is of a processor that is not known",
                    "look for a newer version of this library"));
  }

  /**
   * The question for the key that signed {@code report}.
   *
   * @throws AttestationException.Configuration if the report does not say which chip, or its TCB is
   *     none of this line
   */
  public static KdsQuestion of(ProductLine line, SnpReport report) {
    if (report.chipId().isZero()) {
      throw new AttestationException.Configuration(
          "the report's CHIP_ID is masked, and nobody has a certificate for it",
          "have the host's MASK_CHIP_ID switched off");
    }
    Bytes hwId =
        line == ProductLine.TURIN ? report.chipId().slice(0, TURIN_HW_ID) : report.chipId();
    try {
      return new KdsQuestion(line, hwId, TcbVersion.parse(line, report.reportedTcb()));
    } catch (MalformedException e) {
      throw new AttestationException.Configuration(
          "the report's REPORTED_TCB is none of " + line.label() + ": " + e.problem(),
          "look for a newer version of this library");
    }
  }

  /** From the slash on. */
  public String path() {
    StringBuilder path = new StringBuilder("/vcek/v1/").append(line.label()).append('/');
    path.append(hwId.hex());
    char separator = '?';
    for (Map.Entry<String, String> parameter : PARAMETERS) {
      Integer level = tcb.components().get(parameter.getKey());
      if (level != null) {
        path.append(separator).append(parameter.getValue()).append('=').append(level);
        separator = '&';
      }
    }
    return path.toString();
  }

  /**
   * Whether the answer is about this chip and TCB.
   *
   * @throws MalformedException if it is not one VCEK at all
   */
  public boolean isAnsweredBy(Bytes certificate) throws MalformedException {
    List<DerCertificate> certificates = CertificateBundle.parse(certificate);
    if (certificates.size() != 1) {
      throw new MalformedException("VCEK", "one certificate", certificates.size() + " of them");
    }
    LeafCertificate leaf = LeafCertificate.of(certificates.get(0));
    return leaf.line() == line
        && leaf.hwId().filter(hwId::equals).isPresent()
        && leaf.tcb().isSameAs(tcb);
  }
}

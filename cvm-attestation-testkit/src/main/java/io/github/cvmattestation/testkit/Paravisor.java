package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** What stands between a simulated machine and its guest: it owns REPORT_DATA and the vTPM. */
record Paravisor(
    SimulatedMachine machine,
    AzureVtpm vtpm,
    String seed,
    boolean secureBoot,
    UnaryOperator<RuntimeClaims> claimsChanges,
    UnaryOperator<HclReportWriter> hclChanges) {
  private static final int TD_REPORT_SIZE = 1024;
  private static final Duration DAY = Duration.ofDays(1);

  /** The HCL report over 64 bytes of the guest's own. */
  Bytes report(Bytes userData) {
    RuntimeClaims claims =
        RuntimeClaims.empty()
            .attestationKey(vtpm.attestationPublicKey())
            .secureBoot(secureBoot)
            .vmUniqueId(UUID.nameUUIDFromBytes(seed.getBytes(UTF_8)).toString())
            .userData(userData);
    vtpm.endorsementPublicKey().ifPresent(claims::endorsementKey);
    int size = Math.min(HclReportWriter.USUAL_SIZE, vtpm.largestIndex());
    HclReportWriter hcl =
        hclChanges.apply(machine.hcl(claimsChanges.apply(claims).json()).size(size));
    return hcl.write(machine.hardwareReport(hcl.reportData()));
  }

  /** What the hardware said, out of an HCL report. */
  static Bytes hardwareReport(Tee tee, Bytes report) {
    int start = Math.min(HclReportWriter.HARDWARE_REPORT_OFFSET, report.size());
    int size = tee == Tee.TDX ? TD_REPORT_SIZE : HclReportWriter.HARDWARE_REPORT_SIZE;
    return Tampering.resize(report.slice(start, report.size()), size);
  }

  /** As Azure's own, but for who signed it: no root of Microsoft's is behind it. */
  Bytes akCertificate(Instant at, boolean provisional) {
    return new CertificateWriter()
        .issuer(provisional ? "MICROSOFT AZURE TRUSTED VM RSA" : "Simulated Virtual TPM CA")
        .subject("simulated.ConfidentialVM.Azure.windows.net")
        .validity(at.minus(DAY), at.plus(DAY.multipliedBy(364)))
        .publicKey(Bytes.of(vtpm.attestationPublicKey().getEncoded()))
        .sign(EcSigningKey.p256("Simulated Virtual TPM CA"));
  }
}

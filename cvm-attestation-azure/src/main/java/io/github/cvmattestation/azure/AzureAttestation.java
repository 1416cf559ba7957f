package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.snp.SnpClaims;
import io.github.cvmattestation.vtpm.VerifiedPcrs;
import java.util.Optional;

/**
 * The four parts of a verified Azure attestation, each of them proven by the one before: what the
 * hardware signed, how the platform was set to boot, what firmware it started, and what that
 * firmware and the operating system measured.
 */
public final class AzureAttestation {
  private final SnpClaims hardwareReport;
  private final AzureClaims bootSettings;
  private final VerifiedPcrs osMeasurements;

  private AzureAttestation(SnpClaims hardware, AzureClaims settings, VerifiedPcrs pcrs) {
    this.hardwareReport = hardware;
    this.bootSettings = settings;
    this.osMeasurements = pcrs;
  }

  /** The four parts, if {@code claims} are those of an Azure confidential VM. */
  public static Optional<AzureAttestation> of(ClaimSet claims) {
    Optional<SnpClaims> hardware = claims.get(SnpClaims.class);
    Optional<AzureClaims> settings = claims.get(AzureClaims.class);
    Optional<VerifiedPcrs> pcrs = claims.get(VerifiedPcrs.class);
    return hardware.isPresent() && settings.isPresent() && pcrs.isPresent()
        ? Optional.of(new AzureAttestation(hardware.get(), settings.get(), pcrs.get()))
        : Optional.empty();
  }

  /** The report that the hardware signed. */
  public SnpClaims hardwareReport() {
    return hardwareReport;
  }

  /** How the host says it configured the VM: Secure Boot, vTPM, console, identity. */
  public AzureClaims bootSettings() {
    return bootSettings;
  }

  /** MEASUREMENT: what was loaded at launch, which is the paravisor and UEFI; 48 bytes. */
  public Bytes firmwareMeasurement() {
    return hardwareReport.report().measurement();
  }

  /** The PCRs: what firmware, boot loader and operating system measured. */
  public VerifiedPcrs osMeasurements() {
    return osMeasurements;
  }
}

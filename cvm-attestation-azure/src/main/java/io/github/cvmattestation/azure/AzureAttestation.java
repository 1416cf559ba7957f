package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Claims;
import io.github.cvmattestation.snp.SnpClaims;
import io.github.cvmattestation.tdx.TdxClaims;
import io.github.cvmattestation.vtpm.VerifiedPcrs;
import java.util.Optional;

/**
 * The four parts of a verified Azure attestation, each of them proven by the one before: what the
 * hardware signed, how the platform was set to boot, what firmware it started, and what that
 * firmware and the operating system measured.
 */
public final class AzureAttestation {
  private final Claims hardwareReport;
  private final Bytes firmwareMeasurement;
  private final AzureClaims bootSettings;
  private final VerifiedPcrs osMeasurements;

  private AzureAttestation(
      Claims hardware, Bytes firmware, AzureClaims settings, VerifiedPcrs pcrs) {
    this.hardwareReport = hardware;
    this.firmwareMeasurement = firmware;
    this.bootSettings = settings;
    this.osMeasurements = pcrs;
  }

  /** The four parts, if {@code claims} are those of an Azure confidential VM. */
  public static Optional<AzureAttestation> of(ClaimSet claims) {
    Optional<AzureClaims> settings = claims.get(AzureClaims.class);
    Optional<VerifiedPcrs> pcrs = claims.get(VerifiedPcrs.class);
    Optional<SnpClaims> snp = claims.get(SnpClaims.class);
    Optional<TdxClaims> tdx = claims.get(TdxClaims.class);
    if (settings.isEmpty() || pcrs.isEmpty() || snp.isPresent() == tdx.isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        snp.isPresent()
            ? new AzureAttestation(
                snp.get(), snp.get().report().measurement(), settings.get(), pcrs.get())
            : new AzureAttestation(
                tdx.orElseThrow(),
                tdx.orElseThrow().quote().body().mrTd(),
                settings.get(),
                pcrs.get()));
  }

  /** What the hardware signed: {@link SnpClaims} or {@link TdxClaims}. */
  public Claims hardwareReport() {
    return hardwareReport;
  }

  /** The same, on a machine with SEV-SNP. */
  public Optional<SnpClaims> snp() {
    return hardwareReport instanceof SnpClaims snp ? Optional.of(snp) : Optional.empty();
  }

  /** The same, on a machine with TDX. */
  public Optional<TdxClaims> tdx() {
    return hardwareReport instanceof TdxClaims tdx ? Optional.of(tdx) : Optional.empty();
  }

  /** How the host says it configured the VM: Secure Boot, vTPM, console, identity. */
  public AzureClaims bootSettings() {
    return bootSettings;
  }

  /** MEASUREMENT or MRTD: what was loaded at launch, the paravisor and UEFI; 48 bytes. */
  public Bytes firmwareMeasurement() {
    return firmwareMeasurement;
  }

  /** The PCRs: what firmware, boot loader and operating system measured. */
  public VerifiedPcrs osMeasurements() {
    return osMeasurements;
  }
}

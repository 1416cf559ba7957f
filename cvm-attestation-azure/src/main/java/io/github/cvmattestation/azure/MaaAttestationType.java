package io.github.cvmattestation.azure;

import java.util.Optional;

/** The kinds of evidence of an Azure VM that Microsoft Azure Attestation appraises. */
public enum MaaAttestationType {
  /**
   * A vTPM's quote and key, and what isolates the VM, if anything does ({@code
   * /attest/AzureGuest}): the only kind whose token names a key that a guest can decrypt with.
   */
  AZURE_VM("azurevm"),
  /** A SEV-SNP report ({@code /attest/SevSnpVm}). */
  SEV_SNP_VM("sevsnpvm"),
  /** A TD quote ({@code /attest/TdxVm}). */
  TDX_VM("tdxvm");

  private final String claim;

  MaaAttestationType(String claim) {
    this.claim = claim;
  }

  /** How a token's x-ms-attestation-type names it. */
  public String claim() {
    return claim;
  }

  /** The kind that a token names so. */
  public static Optional<MaaAttestationType> ofClaim(String claim) {
    for (MaaAttestationType type : values()) {
      if (type.claim.equals(claim)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}

package io.github.cvmattestation.azure;

/** What a VM on Azure is, by what its vTPM holds. A first look and no proof. */
public enum AzurePlatform {
  /** A confidential VM on AMD SEV-SNP. */
  SNP,
  /** A confidential VM on Intel TDX. */
  TDX,
  /** No TEE, but a vTPM whose attestation key Azure vouches for. */
  TRUSTED_LAUNCH,
  /** None of these: another cloud, another TPM, or a VM without any. */
  NONE
}

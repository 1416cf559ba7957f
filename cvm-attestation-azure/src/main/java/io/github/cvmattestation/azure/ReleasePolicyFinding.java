package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.FindingCode;

/** Why a release policy should not guard a key. */
public enum ReleasePolicyFinding implements FindingCode {
  /** The text is no release policy. */
  POLICY_FORM("Azure Key Vault: secure key release policy grammar"),
  /** A branch does not say which hardware it wants. */
  POLICY_TYPE("Azure Attestation, claim sets: x-ms-attestation-type"),
  /** A branch does not ask whether Azure finds the VM compliant. */
  POLICY_COMPLIANCE("Azure Attestation, claim sets: x-ms-compliance-status"),
  /** A branch lets in VMs that somebody can read or boot as they like. */
  POLICY_WEAK("Azure Attestation, claim sets: azurevm, sevsnpvm, tdxvm"),
  /** A branch believes an authority that is missing, unprotected or not listed. */
  POLICY_AUTHORITY("Azure Key Vault: secure key release policy grammar, authority"),
  /** The policy can still be replaced, where it was to be immutable. */
  POLICY_MUTABLE("Azure Key Vault REST: KeyReleasePolicy.immutable"),
  /** The key does not have the policy that it was given. */
  POLICY_DRIFT("Azure Key Vault REST: KeyReleasePolicy.data");

  private final String clause;

  ReleasePolicyFinding(String clause) {
    this.clause = clause;
  }

  @Override
  public String clause() {
    return clause;
  }
}

package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.FindingCode;

/** Why evidence of an Azure confidential VM, or the VM it proves, was refused. */
public enum AzureFinding implements FindingCode {
  /** The evidence is in none of the known JSON forms. */
  EVIDENCE_FORMAT("Confidential Containers evidence, az-snp-vtpm and az-tdx-vtpm"),
  /** The evidence is of a kind of hardware that is not verified, or of two kinds at once. */
  AZURE_TEE("Azure CVM guest attestation, HCL report: report_type"),
  /** The HCL report's header is not what the paravisor writes. */
  RUNTIME_FORMAT("OpenHCL igvm_attest: IgvmAttestRequestHeader, IgvmAttestRequestData"),
  /** A size in the HCL report does not fit the others, or reaches into the padding. */
  RUNTIME_LENGTH("OpenHCL igvm_attest: report_size, data_size, variable_data_size"),
  /** The slot for the hardware's report holds something else than report_type says. */
  RUNTIME_TYPE("OpenHCL igvm_attest: IgvmAttestReportType"),
  /** The TDREPORT in the HCL report is not the one that the TD quote was made from. */
  AZURE_TD_REPORT("Azure CVM guest attestation, TDX; Intel TDX Module ABI, TDREPORT_STRUCT"),
  /** The signed REPORT_DATA is not the digest of the runtime claims. */
  RUNTIME_HASH("OpenHCL igvm_attest: IgvmAttestHashType; AMD 56860 §7.3, REPORT_DATA"),
  /** The runtime claims are not strict JSON, or a value in them makes no sense. */
  CLAIM_FORMAT("OpenHCL igvm_attest: RuntimeClaims; RFC 8259"),
  /** A runtime claim is missing. */
  CLAIM_MISSING("OpenHCL igvm_attest: RuntimeClaims"),
  /** A runtime claim has another JSON type than the paravisor gives it. */
  CLAIM_TYPE("OpenHCL igvm_attest: RuntimeClaims"),
  /** The quote was made by another key than the attestation key that the hardware vouches for. */
  AK_UNBOUND("OpenHCL igvm_attest: RsaJwk HCLAkPub; TPM 2.0 Part 3 §18.4"),
  /** Whether the hardware's report is as fresh as the quote was not asked: nothing compared it. */
  AZURE_USER_DATA("OpenHCL igvm_attest: RuntimeClaims.user-data; RFC 9334 §10"),
  /** The VM is none of those that the policy names. */
  VM_IDENTITY("OpenHCL igvm_attest: AttestationVmConfig.vmUniqueId"),
  /** The VM was configured without Secure Boot. */
  AZURE_SECURE_BOOT("OpenHCL igvm_attest: AttestationVmConfig.secure-boot"),
  /** The hardware report was not asked for by the paravisor, which runs at VMPL 0. */
  AZURE_VMPL("AMD 56860 §7.3, VMPL; Azure CVM guest attestation"),
  /** The key that was made in the guest does not open this, or not in the state the guest is in. */
  GUEST_KEY("TPM 2.0 Part 3 §14.3, §23.7"),
  /** A PCR has a value that the policy does not list. */
  AZURE_PCR("TCG PC Client Platform Firmware Profile §3.3.4"),
  /** A PCR that the policy asks about was not quoted. */
  AZURE_PCR_MISSING("TPM 2.0 Part 2 §10.6.2");

  private final String clause;

  AzureFinding(String clause) {
    this.clause = clause;
  }

  @Override
  public String clause() {
    return clause;
  }
}

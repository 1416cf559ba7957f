package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.FindingCode;

/** Why SEV-SNP evidence is refuted, or rejected by a policy. Names are stable. */
public enum SnpFinding implements FindingCode {
  /** The report is not 1184 well-formed bytes. */
  SNP_MALFORMED("AMD 56860 §7.3, table 23"),
  /** A report version, product or TCB layout that this library does not know. */
  SNP_UNSUPPORTED("AMD 56860 §7.3; AMD 57230"),
  /** The report is not signed at all, or its chip key is masked. */
  SNP_UNSIGNED("AMD 56860 §7.3, SIGNING_KEY and MASK_CHIP_KEY"),
  /** The endorsements hold no certificate of the kind that is needed, or more than one. */
  SNP_CERTIFICATES("AMD 57230 §3"),
  /** The certificates' encoding or their bundle is damaged. */
  SNP_ENDORSEMENTS("AMD 56421 §4.1.8.1; RFC 7468"),
  /** A leaf of one kind, a report signed by another. */
  SNP_KEY_KIND("AMD 56860 §7.3, SIGNING_KEY"),
  /** The chain does not begin at a key that was written down. */
  SNP_ROOT("AMD 57230 §3; RFC 5280 §6.1.1 (d)"),
  /** The leaf certificate is not what AMD issues. */
  SNP_LEAF("AMD 57230 §3.1, table 8"),
  /** The intermediate authority has been revoked. */
  SNP_REVOKED("RFC 5280 §6.3; AMD 57230 §4.3"),
  /** Whether the intermediate authority has been revoked is not known. */
  SNP_REVOCATION_UNKNOWN("RFC 5280 §6.3; AMD 57230 §4.3"),
  /** Report, leaf and authorities speak of different product lines. */
  SNP_PRODUCT("AMD 57230 §3.1; CPUID Fn0000_0001_EAX"),
  /** The report's signature does not hold under the leaf's key. */
  SNP_SIGNATURE("AMD 56860 §7.3 and §10"),
  /** The leaf was issued for another TCB than the one reported. */
  SNP_TCB_CERT("AMD 57230 §3.1, SPL extensions"),
  /** The leaf was issued for another chip, or the report names none. */
  SNP_CHIP_ID("AMD 57230 §3.1, hwID"),
  /** REPORT_DATA is not what the verifier expects. */
  SNP_REPORT_DATA("AMD 56860 §7.3, REPORT_DATA"),
  /** The guest's policy lets the host debug it. */
  SNP_DEBUG("AMD 56860 §4.3, DEBUG"),
  /** The guest's policy lets a migration agent move it. */
  SNP_MIGRATION("AMD 56860 §4.3, MIGRATE_MA"),
  /** Another bit of the guest's policy permits or fails to demand something. */
  SNP_GUEST_POLICY("AMD 56860 §4.3, table 10"),
  /** The privilege level that asked is not accepted. */
  SNP_VMPL("AMD 56860 §7.3, VMPL"),
  /** The host asked for the report, not the guest. */
  SNP_HOST_REPORT("AMD 56860 §7.3, VMPL FFFFFFFFh"),
  /** Firmware runs that is not committed, so it can be rolled back. */
  SNP_PROVISIONAL("AMD 56860 §3.3, provisional firmware"),
  /** The TCB versions of the report contradict each other. */
  SNP_TCB_ORDER("AMD 56860 §2.2 and §3.3"),
  /** A TCB component is below the accepted minimum. */
  SNP_TCB("AMD 56860 §2.2"),
  /** The firmware's version is below the accepted minimum. */
  SNP_FIRMWARE("AMD 56860 §7.3, CURRENT and COMMITTED version"),
  /** A mitigation is missing. */
  SNP_MITIGATION("AMD 56860 §7.3, MIT_VECTOR"),
  /** The host's settings are not accepted. */
  SNP_PLATFORM("AMD 56860 §7.3, PLATFORM_INFO"),
  /** The product line is not among those that the policy names. */
  SNP_PRODUCT_LINE("policy; arXiv 2605.12990 for Milan"),
  /** The report's version is below the accepted minimum. */
  SNP_REPORT_VERSION("AMD 56860 §7.3, VERSION"),
  /** The launch digest is not among the accepted ones. */
  SNP_MEASUREMENT("AMD 56860 §7.3, MEASUREMENT"),
  /** HOST_DATA is not among the accepted values. */
  SNP_HOST_DATA("AMD 56860 §7.3, HOST_DATA"),
  /** The ID block, its key or its author is not accepted. */
  SNP_ID_BLOCK("AMD 56860 §8.17, ID block"),
  /** The guest's security version is below the accepted minimum. */
  SNP_GUEST_SVN("AMD 56860 §7.3, GUEST_SVN"),
  /** The chip is not among the accepted ones, or among the refused ones. */
  SNP_CHIP("AMD 56860 §7.3, CHIP_ID"),
  /** The key that signed is of a kind that the policy does not accept. */
  SNP_SIGNING_KEY("AMD 56860 §7.3, SIGNING_KEY"),
  /** The cloud provider of the VLEK is not accepted. */
  SNP_CSP("AMD 57230 §3.2, cspID"),
  /** The guest's or its migration agent's identity is not accepted. */
  SNP_REPORT_ID("AMD 56860 §7.3, REPORT_ID");

  private final String clause;

  SnpFinding(String clause) {
    this.clause = clause;
  }

  @Override
  public String clause() {
    return clause;
  }
}

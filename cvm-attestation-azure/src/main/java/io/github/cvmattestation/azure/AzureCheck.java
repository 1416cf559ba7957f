package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.Check;

/**
 * What {@link AzureCvmVerifier} makes sure of, besides the hardware's and the vTPM's own checks.
 */
public enum AzureCheck implements Check {
  /** The JSON form. */
  FORMAT("azure.format", "the evidence is in a known form, with nothing beside it"),
  /** The HCL report around hardware report and claims. */
  HCL_REPORT("azure.hcl-report", "the HCL report is whole, and its sizes and padding agree"),
  /** The kind of hardware. */
  REPORT_TYPE("azure.report-type", "the HCL report holds the kind of report that it names"),
  /** The report that a TD quote is made from; only for TDX. */
  TD_REPORT("azure.td-report", "the TDREPORT in the HCL report and the TD quote agree"),
  /** REPORT_DATA. */
  RUNTIME_CLAIMS("azure.runtime-claims", "the hardware signed the digest of the runtime claims"),
  /** What the claims say. */
  CLAIMS("azure.claims", "the runtime claims are whole and of the right types"),
  /** The attestation key. */
  AK("azure.ak", "the key that must have signed the quote is the one in the runtime claims"),
  /** The caller's 64 bytes; only where they were asked for. */
  USER_DATA("azure.user-data", "the runtime claims carry the caller's user data");

  private final String id;
  private final String statement;

  AzureCheck(String id, String statement) {
    this.id = id;
    this.statement = statement;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public String statement() {
    return statement;
  }
}

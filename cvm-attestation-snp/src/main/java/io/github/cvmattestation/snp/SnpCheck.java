package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.Check;

/** What {@link SnpVerifier} makes sure of, in this order. Ids are stable. */
public enum SnpCheck implements Check {
  /** Structure. */
  FORMAT("snp.format", "ATTESTATION_REPORT has 1184 bytes of a known version, reserved bytes zero"),
  /** Signing key. */
  SIGNING_KEY("snp.signing-key", "the report says that a VCEK or VLEK signed it, unmasked"),
  /** Chain. */
  CHAIN("snp.chain", "ARK → ASK or ASVK → leaf, beginning at a key that was written down"),
  /** Dates. */
  DATES("snp.dates", "every certificate is valid at the instant of verification"),
  /** Revocation. */
  REVOCATION("snp.revocation", "the ARK's current CRL does not list the intermediate authority"),
  /** Signature. */
  SIGNATURE("snp.signature", "the leaf's key signed bytes 000h to 29Fh of the report"),
  /** Product. */
  PRODUCT("snp.product", "processor, leaf and authorities are of one product line"),
  /** TCB. */
  TCB("snp.tcb", "the leaf was issued for exactly the REPORTED_TCB"),
  /** Chip. */
  CHIP_ID("snp.chip-id", "the leaf was issued for exactly this CHIP_ID"),
  /** Provider. */
  CSP_ID("snp.csp-id", "the leaf names the cloud provider it was issued to"),
  /** Report data. */
  REPORT_DATA("snp.report-data", "REPORT_DATA is what the verifier asked for");

  private final String id;
  private final String statement;

  SnpCheck(String id, String statement) {
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

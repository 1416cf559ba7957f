package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Check;

/** What {@link TdxVerifier} makes sure of, in this order. Ids are stable. */
public enum TdxCheck implements Check {
  /** Structure. */
  FORMAT("tdx.format", "the quote is a TD quote of version 4 or 5 whose sizes nest exactly"),
  /** PCK chain. */
  PCK_CHAIN("tdx.pck-chain", "root → PCK CA → PCK, beginning at a key that was written down"),
  /** PCK dates. */
  PCK_DATES("tdx.pck-dates", "every certificate of the chain is valid at the instant"),
  /** Signing chains. */
  TCB_SIGNER("tdx.tcb-signer", "root → TCB Signing, for TCB Info and for QE Identity"),
  /** Revocation lists. */
  CRLS("tdx.crls", "both revocation lists are signed by the issuers they speak for"),
  /** Signatures of the documents. */
  COLLATERAL_SIGNATURES(
      "tdx.collateral-signatures", "TCB Info and QE Identity are signed, byte for byte"),
  /** Dates of all of it. */
  COLLATERAL_DATES(
      "tdx.collateral-dates",
      "signers, revocation lists and documents can be read and hold at the instant"),
  /** Revocation. */
  REVOCATION("tdx.revocation", "no certificate that is relied on is listed"),
  /** Scope. */
  COLLATERAL_SCOPE("tdx.collateral-scope", "TDX and TD_QE, for the FMSPC and PCE of the PCK"),
  /** Rollback. */
  COLLATERAL_AGE("tdx.collateral-age", "no older than the floor and than what was seen before"),
  /** QE report. */
  QE_SIGNATURE("tdx.qe-signature", "the PCK's key signed the report of the quoting enclave"),
  /** Attestation key. */
  QE_BINDING("tdx.qe-binding", "the quoting enclave vouches for the attestation key"),
  /** QE identity. */
  QE_IDENTITY("tdx.qe-identity", "the quoting enclave is Intel's, and not being debugged"),
  /** Signature. */
  SIGNATURE("tdx.signature", "the attestation key signed header and body of the quote"),
  /** TDX module. */
  MODULE("tdx.module", "the TDX module is signed as the identity of its version demands"),
  /** TCB. */
  TCB("tdx.tcb", "platform, module and quoting enclave each match a TCB level"),
  /** Report data. */
  REPORT_DATA("tdx.report-data", "REPORTDATA is what the verifier asked for");

  private final String id;
  private final String statement;

  TdxCheck(String id, String statement) {
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

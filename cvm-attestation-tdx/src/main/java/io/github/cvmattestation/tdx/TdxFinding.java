package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.FindingCode;

/** Why TDX evidence is refuted, or rejected by a policy. Names are stable. */
public enum TdxFinding implements FindingCode {
  /** The quote is not a well-formed TD quote. */
  TDX_MALFORMED("Intel TDX DCAP Quoting Library API, appendix 3"),
  /** A size in the quote reaches past what holds it, or leaves something over. */
  TDX_LENGTH("Intel TDX DCAP Quoting Library API, appendix 3: Quote Signature Data Len, Size"),
  /** The quote is of another TEE, such as SGX. */
  TDX_TYPE("Intel TDX DCAP Quoting Library API, appendix 3: TEE Type"),
  /** A quote version, key type, vendor or body type that this library does not know. */
  TDX_UNSUPPORTED("Intel TDX DCAP Quoting Library API, appendix 3: Version, Attestation Key Type"),
  /** The quote is a CBOR web token of a DICE chain, which this library does not verify. */
  TDX_DICE("RFC 8392; TCG DICE Attestation Architecture"),
  /** The quote does not carry the PCK certificate chain: an endorsement is missing. */
  TDX_CERTIFICATION_DATA("Intel TDX DCAP Quoting Library API, appendix 3: Certification Data Type"),
  /** The PCK chain is not leaf, authority and root in the roles that Intel gives them. */
  TDX_CERTIFICATES("Intel SGX PCK Certificate Specification §1.3; RFC 5280 §6.1"),
  /** A chain does not end at a key that was written down. */
  TDX_ROOT("RFC 5280 §6.1.1 (d)"),
  /** The PCK certificate is not what Intel issues. */
  TDX_PCK("Intel SGX PCK Certificate Specification §1.3.5"),
  /** The PCK certificate, its authority or the signer of collateral has been revoked. */
  TDX_REVOKED("RFC 5280 §6.3"),
  /** A revocation list is not that of the authority it is needed for, or covers less. */
  TDX_CRL("RFC 5280 §6.3.3 (b); Intel SGX PCK Certificate Specification §1.5"),
  /** The collateral, or a part of it, was not supplied. */
  COLLATERAL_MISSING("RFC 9334 §8.2; Intel PCS API v4"),
  /** The collateral's container is in none of the known forms. */
  COLLATERAL_FORMAT("Intel PCS API v4"),
  /** A signed JSON document is not strict JSON, or is followed by something. */
  COLLATERAL_JSON("RFC 8259; Intel PCS API v4, TCB Info V3 and Enclave Identity V2"),
  /** A signed JSON document has other members, types or counts than its schema. */
  COLLATERAL_SCHEMA("Intel PCS API v4, TCB Info V3 and Enclave Identity V2"),
  /** The chain of a signed document is not that of Intel's TCB signing key. */
  COLLATERAL_SIGNER("Intel PCS API v4, issuer chains"),
  /** The signature of TCB Info or QE Identity does not hold. */
  COLLATERAL_SIGNATURE("Intel PCS API v4, signature"),
  /** Collateral is past its nextUpdate. */
  COLLATERAL_EXPIRED("Intel PCS API v4, nextUpdate"),
  /** Collateral was issued after the instant of verification. */
  COLLATERAL_NOT_YET_VALID("Intel PCS API v4, issueDate"),
  /** The document is about another TEE, enclave or version. */
  COLLATERAL_SCOPE("Intel PCS API v4, id, version, tcbType"),
  /** Collateral is older than what was seen before, or than the caller's floor. */
  COLLATERAL_ROLLBACK("Intel PCS API v4, tcbEvaluationDataNumber"),
  /** The TCB Info is of another family of platforms than the PCK certificate. */
  TDX_FMSPC("Intel PCS API v4, fmspc; Intel SGX PCK Certificate Specification §1.3.5"),
  /** The TCB Info is of another PCE than the PCK certificate. */
  TDX_PCEID("Intel PCS API v4, pceId; Intel SGX PCK Certificate Specification §1.3.5"),
  /** The TDX module is not signed as Intel's is, or its version is not in the TCB Info. */
  TDX_MODULE("Intel PCS API v4, tdxModule and tdxModuleIdentities"),
  /** The QE report's signature does not hold under the PCK certificate's key. */
  TDX_QE_SIGNATURE("Intel TDX DCAP Quoting Library API, appendix 3: QE Report Signature"),
  /** The QE report does not vouch for the attestation key. */
  TDX_QE_BINDING("Intel TDX DCAP Quoting Library API, appendix 3: QE Report, REPORTDATA"),
  /** The enclave that vouches for the attestation key is not Intel's TD quoting enclave. */
  TDX_QE_IDENTITY("Intel PCS API v4, Enclave Identity V2"),
  /** The quote's signature does not hold under the attestation key. */
  TDX_SIGNATURE("Intel TDX DCAP Quoting Library API, appendix 3: Quote Signature"),
  /** Platform, module or QE matches no TCB level at all. */
  TDX_TCB_NOT_SUPPORTED("Intel PCS API v4, TCB Info V3: comparing TCB levels"),
  /** A TCB status that is not accepted, or that no specification names. */
  TDX_TCB_STATUS("Intel PCS API v4, tcbStatus"),
  /** A security advisory applies that the policy refuses. */
  TDX_ADVISORY("Intel PCS API v4, advisoryIDs"),
  /** The TCB is older than the policy's minimum. */
  TDX_TCB_DATE("Intel PCS API v4, tcbDate"),
  /** The TCB was evaluated by older rules than the policy's minimum. */
  TDX_EVALUATION_NUMBER("Intel PCS API v4, tcbEvaluationDataNumber"),
  /** The host may debug the TD. */
  TDX_DEBUG("Intel TDX Module Base Architecture, ATTRIBUTES.DEBUG"),
  /** Other attributes of the TD are not accepted. */
  TDX_ATTRIBUTES("Intel TDX Module Base Architecture, ATTRIBUTES"),
  /** The extended features of the TD are not accepted. */
  TDX_XFAM("Intel TDX Module Base Architecture, XFAM"),
  /** A service TD is bound to the TD, or a different one than is accepted. */
  TDX_SERVICE_TD("Intel TDX Module Base Architecture, SERVTD_HASH"),
  /** MRTD is not among the accepted values. */
  TDX_MRTD("Intel TDX Module Base Architecture, MRTD"),
  /** MRSEAM is not among the accepted values. */
  TDX_MRSEAM("Intel TDX Module Base Architecture, MRSEAM"),
  /** An RTMR is not among the accepted values. */
  TDX_RTMR("Intel TDX Module Base Architecture, RTMR"),
  /** The TD extends no RTMR at all, so a rule about one has nothing to judge. */
  TDX_RTMR_UNUSED("Intel TDX Module Base Architecture, RTMR; Azure CVM guest attestation"),
  /** MRCONFIGID is not among the accepted values. */
  TDX_MRCONFIGID("Intel TDX Module Base Architecture, MRCONFIGID"),
  /** MROWNER or MROWNERCONFIG is not among the accepted values. */
  TDX_MROWNER("Intel TDX Module Base Architecture, MROWNER and MROWNERCONFIG"),
  /** The platform, by its PPID or instance id, is not among the accepted ones. */
  TDX_PLATFORM("Intel SGX PCK Certificate Specification §1.3.5, PPID, Platform Instance ID"),
  /** The platform's configuration (dynamic, cached keys, SMT) is not accepted or not known. */
  TDX_PLATFORM_CONFIGURATION("Intel SGX PCK Certificate Specification §1.3.5, Configuration"),
  /** REPORTDATA is not what the policy demands. */
  TDX_REPORT_DATA("Intel TDX Module Base Architecture, REPORTDATA");

  private final String clause;

  TdxFinding(String clause) {
    this.clause = clause;
  }

  @Override
  public String clause() {
    return clause;
  }
}

package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.FindingCode;

/** Why a token of Microsoft Azure Attestation was refused. */
public enum MaaFinding implements FindingCode {
  /** The text is not a JWS in three parts of canonical base64url, around strict JSON. */
  JWT_FORM("RFC 7515 §7.1; RFC 7519 §7.2"),
  /** A name comes twice in one object of the header or the claims. */
  JWT_DUPLICATE("RFC 7515 §4; RFC 7519 §4"),
  /** The signature's algorithm is none of those that are accepted. */
  JWT_ALG("RFC 7515 §4.1.1; RFC 8725 §3.1"),
  /** The header says that something unknown must be understood. */
  JWT_CRIT("RFC 7515 §4.1.11"),
  /** The issuer is missing, or none of those that are trusted. */
  JWT_ISSUER("RFC 7519 §4.1.1; RFC 8725 §3.8"),
  /** The issuer publishes no one fit key of this name. */
  JWT_KEY("RFC 7515 §4.1.4; RFC 7517 §4.5, §4.7"),
  /** The signature does not hold under the issuer's key. */
  JWT_SIGNATURE("RFC 7515 §5.2"),
  /** A claim is missing that every token has, or a claim has another JSON type than it must. */
  JWT_TYPE("RFC 7519 §4.1; Azure Attestation, token claims"),
  /** The token has ended. */
  JWT_EXPIRED("RFC 7519 §4.1.4"),
  /** The token does not hold yet, or was issued in the future. */
  JWT_NOT_YET("RFC 7519 §4.1.5, §4.1.6"),
  /** The token is about another kind of evidence than those that are accepted. */
  JWT_ATTESTATION_TYPE("Azure Attestation, x-ms-attestation-type"),
  /** The token was issued for another challenge. */
  JWT_NONCE("RFC 9334 §10; Azure Attestation, nonce and client-payload"),
  /** The key that secrets would be wrapped for is not the guest's. */
  JWT_GUEST_KEY("Azure Attestation, x-ms-runtime.keys; Azure Key Vault, secure key release"),
  /** The issuer appraised the evidence under another policy than was pinned, or none was. */
  JWT_POLICY("Azure Attestation, x-ms-policy-hash"),
  /** The token says something else of the machine than what was proven here. */
  MAA_DISAGREES("Azure Attestation, token claims; RFC 9334 §11");

  private final String clause;

  MaaFinding(String clause) {
    this.clause = clause;
  }

  @Override
  public String clause() {
    return clause;
  }
}

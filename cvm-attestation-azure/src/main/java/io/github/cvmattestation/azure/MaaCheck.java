package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.Check;

/** What {@link MaaTokenVerifier} makes sure of. */
public enum MaaCheck implements Check {
  /** Three parts, base64url, JSON. */
  FORM("maa.form", "the token is a JWS around strict JSON, in the one encoding that it has"),
  /** alg and crit. */
  HEADER("maa.header", "the algorithm is accepted, and nothing must be understood that is not"),
  /** iss. */
  ISSUER("maa.issuer", "the issuer is one of those that are trusted"),
  /** kid. */
  KEY("maa.key", "the issuer itself publishes the key, and it fits the algorithm"),
  /** The signature. */
  SIGNATURE("maa.signature", "the issuer's key signed header and claims"),
  /** The claims' types. */
  CLAIMS("maa.claims", "the claims are whole and of the right types"),
  /** exp, nbf, iat. */
  DATES("maa.dates", "the token holds at the instant of verification"),
  /** x-ms-attestation-type. */
  ATTESTATION_TYPE("maa.attestation-type", "the issuer appraised an accepted kind of evidence"),
  /** The nonce. */
  NONCE("maa.nonce", "the token was issued for this challenge"),
  /** The guest's key. */
  GUEST_KEY("maa.guest-key", "the key that secrets are wrapped for is the guest's"),
  /** x-ms-policy-hash; only where policies were pinned. */
  POLICY("maa.policy", "the issuer appraised under a pinned policy");

  private final String id;
  private final String statement;

  MaaCheck(String id, String statement) {
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

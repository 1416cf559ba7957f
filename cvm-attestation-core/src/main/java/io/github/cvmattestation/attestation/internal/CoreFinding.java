package io.github.cvmattestation.attestation.internal;

import io.github.cvmattestation.attestation.FindingCode;

/** Codes that belong to no single kind of hardware. */
public enum CoreFinding implements FindingCode {
  /** Claims were proven that no rule of the policy speaks about. */
  POLICY_SILENT("RFC 9334 §8.5"),
  /** The policy has a rule about claims that were not proven. */
  CLAIMS_ABSENT("RFC 9334 §8.5"),
  /** Evidence was made for another challenge. */
  NONCE_MISMATCH("RFC 9334 §10"),
  /** A certificate is not well-formed X.509, or carries more than a certificate. */
  CERT_FORMAT("RFC 5280 §4.1"),
  /** A certificate's signature does not hold under its issuer's key. */
  CERT_SIGNATURE("RFC 5280 §6.1.3 (a)(1)"),
  /** A certificate is not valid at the instant of verification. */
  CERT_DATES("RFC 5280 §6.1.3 (a)(2)"),
  /** A certificate does not name its issuer. */
  CERT_ISSUER("RFC 5280 §6.1.3 (a)(4)"),
  /** An issuer is not a certification authority, or may not issue this. */
  CERT_AUTHORITY("RFC 5280 §6.1.4 (k)–(n)"),
  /** A certificate that ends a chain is an authority's, or its key may not sign data. */
  CERT_USAGE("RFC 5280 §4.2.1.3"),
  /** A revocation list is not well-formed. */
  CRL_FORMAT("RFC 5280 §5.1"),
  /** A revocation list does not name the authority whose certificates it should list. */
  CRL_ISSUER("RFC 5280 §6.3.3 (b)(1)"),
  /** The issuer of a revocation list may not sign any. */
  CRL_AUTHORITY("RFC 5280 §6.3.3 (f)"),
  /** A revocation list was not signed by the authority whose certificates it lists. */
  CRL_SIGNATURE("RFC 5280 §6.3.3 (g)"),
  /** A revocation list is not yet, or no longer, valid. */
  CRL_DATES("RFC 5280 §5.1.2.5"),
  /**
   * A released key, a data key or a secret cannot be opened: it is not wrapped to this guest, or
   * was changed on the way.
   */
  SKR_UNWRAP(
      "RFC 8017 §7.1.2, RSAES-OAEP; PKCS #11 3.1 §6.1.21, CKM_RSA_AES_KEY_WRAP; RFC 5649 §4.2"),
  /** A released private key does not match the public key that was asked for. */
  SKR_KEYPAIR("NIST SP 800-56A Rev. 3 §5.6.2.1.4");

  private final String clause;

  CoreFinding(String clause) {
    this.clause = clause;
  }

  @Override
  public String clause() {
    return clause;
  }
}

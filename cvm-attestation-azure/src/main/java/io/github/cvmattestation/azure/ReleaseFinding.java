package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.FindingCode;

/**
 * Why a key was not released, or a secret not unwrapped, or why what the vault answered is not
 * believed.
 */
public enum ReleaseFinding implements FindingCode {
  /** The vault says no (HTTP 403): the key's release policy, a missing permission or a firewall. */
  RELEASE_DENIED(
      "Key Vault REST 2025-07-01, Release; 2026-01-01-preview, Secure Wrap Key, Secure Unwrap Key; Key Vault error 403"),
  /**
   * The answer is of another form than such answers have, or has a kind of key that is not known
   * here.
   */
  SKR_FORM(
      "Key Vault REST 2025-07-01, Release; 2026-01-01-preview, SecureKeyOperationResult; RFC 7515 §7.1"),
  /**
   * The answer is not signed, or not under a certificate that a trusted authority stands behind.
   */
  SKR_SIGNATURE("RFC 7515 §5.2; RFC 5280 §6.1"),
  /** The signer's certificates do not hold at this instant, or not for a server. */
  SKR_CHAIN("RFC 5280 §6.1.3 and §4.2.1.12"),
  /** The signer is another host than the vault. */
  SKR_HOST("RFC 9525 §6.3"),
  /** The answer is to another request. */
  SKR_NONCE("Key Vault REST 2025-07-01, Release: request.nonce"),
  /** Another key, or another version of it, than the one asked for. */
  SKR_KEY_ID(
      "Key Vault REST 2025-07-01, Release: request.kid, response.key.key.kid; 2026-01-01-preview, SecureKeyOperationResult: kid"),
  /** The key, or the secret, is wrapped in another way than was asked for. */
  SKR_ENC(
      "Key Vault REST 2025-07-01, Release: request.enc, key_hsm.header.enc; 2026-01-01-preview, SecureKeyOperationResult: alg"),
  /** The key is disabled, not yet or no longer valid, or not meant to be released. */
  SKR_KEY_STATE("Key Vault REST 2025-07-01, KeyAttributes"),
  /** The key has another release policy than it must have, or none that is seen. */
  SKR_POLICY("Key Vault REST 2025-07-01, KeyReleasePolicy");

  private final String clause;

  ReleaseFinding(String clause) {
    this.clause = clause;
  }

  @Override
  public String clause() {
    return clause;
  }
}

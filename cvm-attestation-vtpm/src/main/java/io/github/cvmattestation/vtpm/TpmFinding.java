package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.FindingCode;

/**
 * Why a quote, a certified key or its attestation key was refused. A wrong nonce has the code that
 * all evidence shares.
 */
public enum TpmFinding implements FindingCode {
  /** A structure is not what Part 2 says, to its last byte. */
  TPM_MALFORMED("TPM 2.0 Part 2 §10"),
  /** SHA-1, an RSA key below 2048 bits or with an exponent other than 65537, or no key at all. */
  TPM_WEAK("NIST SP 800-131A §3"),
  /** The key may sign what the TPM did not compose, or may exist outside it. */
  TPM_KEY("TPM 2.0 Part 2 §8.3"),
  /** The signature is of another scheme than the key's. */
  TPM_SCHEME("TPM 2.0 Part 2 §11.3.4"),
  /** The signature does not hold over the bytes as received. */
  TPM_SIGNATURE("TPM 2.0 Part 3 §18.4"),
  /** What is signed was not composed by the TPM: it begins with another number. */
  TPM_MAGIC("TPM 2.0 Part 2 §6.2"),
  /** The TPM signed something other than a quote, or than a certification. */
  TPM_TYPE("TPM 2.0 Part 2 §10.12.10"),
  /** A bank is named twice, was not quoted or not claimed, or extends with SHA-1. */
  PCR_BANK("TPM 2.0 Part 2 §10.9.7"),
  /** The quote selects nothing, or a register whose value is missing. */
  PCR_SELECTION("TPM 2.0 Part 2 §10.6.2"),
  /** A value is claimed for a register that the quote does not cover. */
  PCR_UNQUOTED("TPM 2.0 Part 2 §10.6.2"),
  /** The claimed values do not hash to the digest that the TPM signed. */
  PCR_DIGEST("TPM 2.0 Part 2 §10.12.4"),
  /** The quote is of another attestation key, and so perhaps of another TPM. */
  KEY_SIGNER("TPM 2.0 Part 2 §10.12.12"),
  /** The TPM certified another object than the one that was handed over. */
  KEY_NAME("TPM 2.0 Part 1 §16"),
  /** The certified key may leave the TPM, was not made in it, or works without its policy. */
  KEY_ATTRIBUTES("TPM 2.0 Part 2 §8.3"),
  /** The certified key is of another kind or size, or has a scheme that it must not have. */
  KEY_PARAMETERS("TPM 2.0 Part 2 §12.2.3.5"),
  /** The certified key works under another policy, or one of registers that were not quoted. */
  KEY_POLICY("TPM 2.0 Part 3 §23.7"),
  /** The TPM may have reported a later time before: its last shutdown was not orderly. */
  CLOCK_UNSAFE("TPM 2.0 Part 2 §10.11.1, safe"),
  /** Counters or clock are behind what was seen before: a TPM cleared, rolled back, or another. */
  CLOCK_BACKWARDS("TPM 2.0 Part 1 §36"),
  /** The machine was reset, restarted or resumed since, where the same boot is demanded. */
  CLOCK_RESTARTED("TPM 2.0 Part 2 §10.11.1, resetCount and restartCount");

  private final String clause;

  TpmFinding(String clause) {
    this.clause = clause;
  }

  @Override
  public String clause() {
    return clause;
  }
}

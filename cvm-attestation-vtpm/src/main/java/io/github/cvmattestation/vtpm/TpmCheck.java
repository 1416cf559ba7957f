package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Check;

/** What the verification of quotes and of certified keys makes sure of, in its order. */
public enum TpmCheck implements Check {
  /** {@link TpmFinding#TPM_SCHEME} and {@link TpmFinding#TPM_WEAK} otherwise. */
  SCHEME("vtpm.scheme", "the signature is of the attestation key's own scheme"),
  /** {@link TpmFinding#TPM_SIGNATURE} otherwise. */
  SIGNATURE("vtpm.signature", "the attestation key signed the quote, byte for byte"),
  /** {@link TpmFinding#TPM_MAGIC} otherwise. */
  MAGIC("vtpm.magic", "the TPM itself composed what was signed"),
  /** {@link TpmFinding#TPM_TYPE} otherwise. */
  TYPE("vtpm.type", "what was signed is a quote, with nothing before or after it"),
  /** {@link TpmFinding#PCR_BANK} otherwise. */
  BANKS("vtpm.banks", "the quote names each claimed PCR bank once, no other, and none of SHA-1"),
  /** {@link TpmFinding#PCR_SELECTION} and {@link TpmFinding#PCR_UNQUOTED} otherwise. */
  SELECTION("vtpm.selection", "the quote covers exactly the PCRs whose values are claimed"),
  /** {@link TpmFinding#PCR_DIGEST} otherwise. */
  PCR_DIGEST("vtpm.pcr-digest", "the PCR values are those that the TPM hashed"),
  /** NONCE_MISMATCH otherwise. */
  NONCE("vtpm.nonce", "the quote was made for this nonce"),
  /** {@link TpmFinding#TPM_TYPE} otherwise; of a certified key, as are those below. */
  KEY_TYPE("vtpm.key-type", "what was signed certifies an object, with nothing before or after it"),
  /** {@link TpmFinding#KEY_SIGNER} otherwise. */
  KEY_SIGNER("vtpm.key-signer", "the attestation key of the quote certified the key"),
  /** {@link TpmFinding#KEY_NAME} otherwise. */
  KEY_NAME("vtpm.key-name", "the certified object is the one that was handed over, bit for bit"),
  /** {@link TpmFinding#KEY_ATTRIBUTES} otherwise. */
  KEY_ATTRIBUTES(
      "vtpm.key-attributes", "the TPM made the key, it cannot leave, and it works by policy alone"),
  /** {@link TpmFinding#KEY_PARAMETERS} otherwise. */
  KEY_PARAMETERS("vtpm.key-parameters", "the key is RSA-2048 with exponent 65537, to decrypt with"),
  /** {@link TpmFinding#KEY_POLICY} otherwise. */
  KEY_POLICY("vtpm.key-policy", "the key works while the quoted PCRs hold what was proven"),
  /** NONCE_MISMATCH otherwise. */
  KEY_NONCE("vtpm.key-nonce", "the certification was made for this nonce");

  private final String id;
  private final String statement;

  TpmCheck(String id, String statement) {
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

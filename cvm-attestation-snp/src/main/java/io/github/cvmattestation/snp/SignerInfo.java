package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.MalformedException;

/**
 * The flags of the report's signer (AMD 56860, section 7.3, table 23, offset 48h).
 *
 * @param authorKeyEnabled bit 0: AUTHOR_KEY_DIGEST holds a digest
 * @param maskChipKey bit 1: the platform does not sign with its VCEK
 * @param signingKey bits 4 to 2
 */
public record SignerInfo(boolean authorKeyEnabled, boolean maskChipKey, SigningKey signingKey) {
  private static final int FIRST_RESERVED = 5;
  private static final int NONE = 7;

  /** Which key signs a report. */
  public enum SigningKey {
    /** The chip's own key. */
    VCEK,
    /** A key that AMD issues to a cloud provider for its whole fleet. */
    VLEK,
    /** None: the signature field is zero, and the report proves nothing. */
    UNSIGNED
  }

  static SignerInfo parse(long raw) throws MalformedException {
    if (raw >>> FIRST_RESERVED != 0) {
      throw malformed("bits 31 to 5 zero");
    }
    int key = (int) (raw >>> 2);
    SigningKey signingKey =
        switch (key) {
          case 0 -> SigningKey.VCEK;
          case 1 -> SigningKey.VLEK;
          case NONE -> SigningKey.UNSIGNED;
          default -> throw malformed("SIGNING_KEY 0, 1 or 7");
        };
    return new SignerInfo((raw & 1) == 1, (raw & 2) == 2, signingKey);
  }

  private static MalformedException malformed(String expected) {
    return new MalformedException("ATTESTATION_REPORT.SIGNER_INFO", expected, "others");
  }
}

package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;

/**
 * A key with its certification, as they were handed over: TPM2_Certify by the attestation key.
 * Nothing in it is proven; what is comes out of a {@link CertifiedKeyVerifier} as {@link
 * VerifiedKey}.
 *
 * @param publicArea the key's TPMT_PUBLIC, as received
 * @param attest the contents of TPM2B_ATTEST: the TPMS_ATTEST that was signed, as received
 * @param signature in the given form
 * @param form what {@code signature} is
 */
public record CertifiedKey(
    Bytes publicArea, Bytes attest, Bytes signature, TpmQuote.SignatureForm form) {

  /** A key whose certification has its TPMT_SIGNATURE. */
  public static CertifiedKey withTpmtSignature(Bytes publicArea, Bytes attest, Bytes signature) {
    return new CertifiedKey(publicArea, attest, signature, TpmQuote.SignatureForm.TPMT_SIGNATURE);
  }

  /** A key whose certification has the bytes of an RSA signature. */
  public static CertifiedKey withBareRsa(Bytes publicArea, Bytes attest, Bytes signature) {
    return new CertifiedKey(publicArea, attest, signature, TpmQuote.SignatureForm.BARE_RSA);
  }
}

package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import java.util.List;

/**
 * A quote as it was handed over. Nothing in it is proven: its values come out of a {@link
 * TpmQuoteVerifier} as {@link VerifiedPcrs}, or not at all.
 *
 * @param attest the contents of TPM2B_ATTEST: the TPMS_ATTEST that was signed, as received
 * @param signature in the given form
 * @param form what {@code signature} is
 * @param pcrs the values that the sender claims the quote to cover; any order, each bank once
 */
public record TpmQuote(Bytes attest, Bytes signature, SignatureForm form, List<PcrBank> pcrs) {
  /** The ways in which evidence carries a quote's signature. */
  public enum SignatureForm {
    /** TPMT_SIGNATURE as the TPM returned it, which names its own scheme. */
    TPMT_SIGNATURE,
    /** The bytes of an RSA signature alone. The scheme can then only be the key's. */
    BARE_RSA
  }

  public TpmQuote {
    pcrs = List.copyOf(pcrs);
  }

  /** A quote with its TPMT_SIGNATURE. */
  public static TpmQuote withTpmtSignature(Bytes attest, Bytes signature, List<PcrBank> pcrs) {
    return new TpmQuote(attest, signature, SignatureForm.TPMT_SIGNATURE, pcrs);
  }

  /** A quote with the bytes of an RSA signature. */
  public static TpmQuote withBareRsa(Bytes attest, Bytes signature, List<PcrBank> pcrs) {
    return new TpmQuote(attest, signature, SignatureForm.BARE_RSA, pcrs);
  }
}

package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.vtpm.internal.QuoteVerification;

/**
 * Verifies quotes of a TPM whose attestation key is trusted already. Pure, and safe for use by many
 * threads.
 *
 * <p>The order is fixed: the signature over the bytes as received, TPM_GENERATED_VALUE, the type,
 * the banks and registers, their digest, and last the nonce. The first step that fails is the
 * finding.
 */
public final class TpmQuoteVerifier {
  /** A verifier; it has nothing to configure. */
  public TpmQuoteVerifier() {}

  /**
   * Verifies {@code quote}.
   *
   * @param key the TPM's, proven by other means
   * @param nonce what the quote's qualifying data must be, exactly
   * @return verified with {@link VerifiedPcrs} as its claims, or refuted with one finding
   */
  public Verification verify(TpmQuote quote, AttestationKey key, Nonce nonce) {
    Ledger ledger = new Ledger();
    try {
      return ledger.verified(ClaimSet.of(QuoteVerification.verify(quote, key, nonce, ledger)));
    } catch (RefutedException e) {
      return ledger.refuted(e.finding());
    }
  }
}

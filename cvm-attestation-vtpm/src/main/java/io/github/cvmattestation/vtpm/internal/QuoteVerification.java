package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.vtpm.AttestationKey;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.TpmCheck;
import io.github.cvmattestation.vtpm.TpmFinding;
import io.github.cvmattestation.vtpm.TpmQuote;
import io.github.cvmattestation.vtpm.TpmsAttest;
import io.github.cvmattestation.vtpm.VerifiedPcrs;
import java.util.List;

/**
 * The steps that turn a {@link TpmQuote} into {@link VerifiedPcrs}. They can only run in this
 * order: each consumes what the last one proved.
 */
public final class QuoteVerification {
  private QuoteVerification() {}

  /**
   * Verifies {@code quote}, entering each check that holds into {@code ledger}.
   *
   * @param key trusted already: why, is the caller's business
   * @param nonce what the qualifying data must be, exactly
   * @throws RefutedException with the first finding; {@code ledger} then holds the checks before it
   */
  public static VerifiedPcrs verify(TpmQuote quote, AttestationKey key, Nonce nonce, Ledger ledger)
      throws RefutedException {
    TpmsAttest attest =
        SignedAttest.verify(quote.attest(), quote.signature(), quote.form(), key, ledger);
    TpmsAttest.QuoteInfo info = requireQuote(attest);
    ledger.passed(TpmCheck.TYPE);
    PcrVerification banks = PcrVerification.match(info.pcrSelect(), quote.pcrs());
    ledger.passed(TpmCheck.BANKS);
    List<PcrBank> covered = banks.requireSameRegisters();
    ledger.passed(TpmCheck.SELECTION);
    requireDigest(info.pcrDigest(), covered, key.scheme());
    ledger.passed(TpmCheck.PCR_DIGEST);
    SignedAttest.requireNonce(attest, nonce);
    ledger.passed(TpmCheck.NONCE);
    return new ProvenPcrs(
        attest.extraData(),
        covered,
        attest.clockInfo(),
        attest.firmwareVersion(),
        attest.qualifiedSigner());
  }

  private static TpmsAttest.QuoteInfo requireQuote(TpmsAttest attest) throws RefutedException {
    return attest
        .quote()
        .orElseThrow(() -> SignedAttest.refuse(TpmFinding.TPM_TYPE, "QUOTE", attest.type().name()));
  }

  /** TPM2_Quote hashes with the hash of the signing scheme (TPM 2.0 Part 3, section 18.4). */
  private static void requireDigest(Bytes pcrDigest, List<PcrBank> covered, SignatureScheme scheme)
      throws RefutedException {
    Bytes computed = PcrVerification.digest(covered, scheme.digest());
    if (!computed.equals(pcrDigest)) {
      throw new RefutedException(Finding.of(TpmFinding.PCR_DIGEST, pcrDigest, computed));
    }
  }
}

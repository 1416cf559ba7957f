package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.vtpm.internal.KeyVerification;
import java.util.Optional;
import java.util.Set;

/**
 * Verifies that an ephemeral key lives in the TPM whose quote was verified, and that it works only
 * while that TPM's registers hold what they held. Pure, and safe for use by many threads.
 *
 * <p>The key is RSA-2048 to decrypt with, not restricted, without a scheme; the TPM made it
 * (fixedTPM, fixedParent, sensitiveDataOrigin), no password lets anybody use it (userWithAuth is
 * clear), and its policy is TPM2_PolicyPCR over registers of one quoted bank.
 */
public final class CertifiedKeyVerifier {
  /** A verifier; it has nothing to configure. */
  public CertifiedKeyVerifier() {}

  /**
   * Verifies {@code key}.
   *
   * @param attestationKey the TPM's, proven by other means: that of the quote
   * @param pcrs what a quote by the same attestation key has proven
   * @param bank the quoted bank of the policy
   * @param registers the registers of the policy, at least one. If the quote does not cover one of
   *     them, the key is refuted
   * @param nonce what the certification's qualifying data must be, exactly
   * @return verified with {@link VerifiedKey} as its claims, or refuted with one finding
   * @throws AttestationException.Configuration if no register is named, one that no TPM has, or a
   *     bank of SHA-1, which no quote proves
   */
  public Verification verify(
      CertifiedKey key,
      AttestationKey attestationKey,
      VerifiedPcrs pcrs,
      HashAlgorithm bank,
      Set<Integer> registers,
      Nonce nonce) {
    return run(key, attestationKey, pcrs, bank, registers, Optional.of(nonce));
  }

  /**
   * Verifies a key whose certification has no qualifying data, as Microsoft's clients make it. It
   * may have been made at any time, and the key may be gone since: something else has to be fresh.
   * Otherwise like {@link #verify}.
   */
  public Verification verifyWithoutFreshness(
      CertifiedKey key,
      AttestationKey attestationKey,
      VerifiedPcrs pcrs,
      HashAlgorithm bank,
      Set<Integer> registers) {
    return run(key, attestationKey, pcrs, bank, registers, Optional.empty());
  }

  private static Verification run(
      CertifiedKey key,
      AttestationKey attestationKey,
      VerifiedPcrs pcrs,
      HashAlgorithm bank,
      Set<Integer> registers,
      Optional<Nonce> nonce) {
    Ledger ledger = new Ledger();
    try {
      KeyVerification verification = new KeyVerification(pcrs, bank, registers, nonce);
      return ledger.verified(ClaimSet.of(verification.verify(key, attestationKey, ledger)));
    } catch (RefutedException e) {
      return ledger.refuted(e.finding());
    }
  }
}

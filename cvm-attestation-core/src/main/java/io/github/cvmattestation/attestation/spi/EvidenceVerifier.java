package io.github.cvmattestation.attestation.spi;

import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import java.time.Instant;

/**
 * Proves evidence, or refutes it. Pure: no network, no clock, no files; the same arguments give the
 * same verdict for ever. Safe for use by many threads.
 */
public interface EvidenceVerifier {
  /**
   * Verifies {@code evidence} as of {@code at}.
   *
   * @param evidence as it was received
   * @param endorsements certificates and revocation lists, all of them untrusted
   * @param nonce what the verifier drew for this evidence
   * @param at the instant that dates are compared with
   */
  Verification verify(Evidence evidence, Endorsements endorsements, Nonce nonce, Instant at);
}

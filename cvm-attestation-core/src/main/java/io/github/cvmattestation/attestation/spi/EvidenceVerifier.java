package io.github.cvmattestation.attestation.spi;

import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
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

  /**
   * As {@link #verify(Evidence, Endorsements, Nonce, Instant)}, and what the hardware signed was
   * bound by the guest to {@code bound}: to {@link ReportData#of} of the nonce, say, or to {@link
   * ReportData#binding} of nonce and key. All 64 bytes are compared. Where the hardware's report is
   * all of the evidence, the nonce counts only as a part of {@code bound}.
   */
  Verification verify(
      Evidence evidence, Endorsements endorsements, Nonce nonce, ReportData bound, Instant at);
}

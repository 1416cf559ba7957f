package io.github.cvmattestation.attestation.spi;

import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Nonce;

/** Collects evidence about the machine it runs on. */
public interface Attester {
  /**
   * Evidence that is bound to {@code nonce}. How it is bound is the attester's business: Azure's
   * paravisor owns REPORT_DATA, so there the vTPM's quote carries the nonce.
   *
   * @throws io.github.cvmattestation.attestation.AttestationException if the machine could not be
   *     asked
   */
  Evidence attest(Nonce nonce);
}

package io.github.cvmattestation.attestation.spi;

import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;

/** Finds the endorsements for evidence. What it returns is untrusted until a verifier has run. */
public interface EndorsementSource {
  /**
   * The endorsements for {@code evidence}.
   *
   * @throws io.github.cvmattestation.attestation.AttestationException if they could not be fetched
   */
  Endorsements endorsementsFor(Evidence evidence);

  /**
   * Forgets what it keeps, so that it asks anew: a verifier has refuted what came from here. One
   * that keeps nothing has nothing to do.
   */
  default void forget() {}
}

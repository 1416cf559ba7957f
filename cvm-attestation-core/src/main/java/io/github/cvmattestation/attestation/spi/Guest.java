package io.github.cvmattestation.attestation.spi;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Nonce;

/**
 * The confidential VM that this program runs in: it collects evidence, knows where its endorsements
 * come from, and makes keys.
 */
public interface Guest extends Attester, EndorsementSource, AutoCloseable {
  /**
   * Makes a key and has the machine certify it.
   *
   * @param nonce what the statement about the key is bound to
   * @throws AttestationException if the machine could not be asked
   */
  GuestKey newKey(Nonce nonce);

  @Override
  void close();
}

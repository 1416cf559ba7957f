package io.github.cvmattestation.attestation.token;

import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.spi.GuestKey;

/**
 * A verifier elsewhere that appraises evidence and says so in a token (RFC 9334, section 5.1, the
 * passport model).
 */
public interface TokenIssuer {
  /**
   * Shows the machine, and the key made in it, to the issuer.
   *
   * @param key its statement is what the issuer appraises
   * @param nonce what the token is to be bound to
   * @return the token, unproven
   * @throws io.github.cvmattestation.attestation.AttestationException.Service if the issuer could
   *     not be asked, or refuses the evidence
   */
  AttestationToken issue(GuestKey key, Nonce nonce);

  /** A verifier, with strict defaults, that believes this issuer and no other. */
  TokenVerifier verifier();
}

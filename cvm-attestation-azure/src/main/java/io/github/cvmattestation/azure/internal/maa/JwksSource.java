package io.github.cvmattestation.azure.internal.maa;

import io.github.cvmattestation.attestation.Bytes;

/** Where an issuer's signing keys come from. */
public interface JwksSource {
  /**
   * Asks for the JWK set (RFC 7517, section 5) of one issuer.
   *
   * @param issuer a trusted one, as it was configured: never a text out of a token
   * @throws io.github.cvmattestation.attestation.AttestationException.Service if it could not be
   *     asked
   */
  Bytes fetch(String issuer);
}

package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;

/** A public key, ready to check signatures. Safe for use by many threads. */
public interface VerificationKey {
  /** The key itself. */
  PublicKeyInfo info();

  /**
   * Whether {@code signature} is this key's signature of {@code message}. A scheme that does not
   * fit the key, or a signature of the wrong size, is a plain "no".
   *
   * @param signature r‖s for ECDSA; as long as the modulus for RSA
   */
  boolean verifies(SignatureScheme scheme, Bytes message, Bytes signature);
}

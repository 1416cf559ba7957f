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

  /**
   * Whether {@code signature} is this key's RSASSA-PSS signature of {@code message} with the
   * longest salt that fits: two bytes less than what the hash leaves of the encoded message (RFC
   * 8017, section 9.1.1). Old TPMs sign so; nothing else that is verified here does. A scheme of
   * another kind is a plain "no", and so is a backend that does not know of it.
   *
   * @param scheme the hash, also of the mask; its {@link SignatureScheme#saltBytes()} is not used
   * @param signature as long as the modulus
   */
  default boolean verifiesLongestSalt(SignatureScheme scheme, Bytes message, Bytes signature) {
    return false;
  }
}

package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;

/** Whether a scheme may be used with a key at all: asked before any backend is. */
final class SchemeFit {
  private SchemeFit() {}

  static boolean fits(SignatureScheme scheme, Curve curve) {
    return switch (curve) {
      case P256 -> scheme == SignatureScheme.ECDSA_P256_SHA256;
      case P384 -> scheme == SignatureScheme.ECDSA_P384_SHA384;
    };
  }

  /** RFC 8017, section 8.1.2, step 1: a signature is exactly as long as the modulus. */
  static boolean fits(SignatureScheme scheme, PublicKeyInfo.Rsa key, Bytes signature) {
    return scheme.kind() != SignatureScheme.Kind.ECDSA && signature.size() == key.modulusBytes();
  }

  /** Whether the scheme is RSASSA-PSS and the signature of the right size. */
  static boolean fitsPss(SignatureScheme scheme, PublicKeyInfo.Rsa key, Bytes signature) {
    return scheme.kind() == SignatureScheme.Kind.RSAPSS && fits(scheme, key, signature);
  }

  /**
   * emLen - hLen - 2, where emLen is one bit short of the modulus, in bytes (RFC 8017, section
   * 8.1.1, step 1, and section 9.1.1, step 3).
   */
  static int longestSalt(SignatureScheme scheme, PublicKeyInfo.Rsa key) {
    int emLen = (key.modulus().bitLength() - 1 + 7) / 8;
    // The salt of a scheme is as long as its hash.
    return emLen - scheme.saltBytes() - 2;
  }
}

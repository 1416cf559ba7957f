package io.github.cvmattestation.attestation.release;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import java.util.Optional;

/**
 * A key on its way into the guest: wrapped, and proven to be the one that was asked for.
 *
 * @param keyId the service's full name of it, version included
 * @param kind what it is
 * @param publicKey its public half, which the unwrapped private half must match; empty for {@link
 *     Kind#OCT} alone
 * @param algorithm how it is wrapped
 * @param ciphertext the wrapped AES key, as long as the guest key's modulus, and behind it the key
 */
public record WrappedKey(
    String keyId,
    Kind kind,
    Optional<PublicKeyInfo> publicKey,
    WrapAlgorithm algorithm,
    Bytes ciphertext) {
  /** What a key is, and in which form it is wrapped. */
  public enum Kind {
    /** An RSA private key, PKCS #8. */
    RSA,
    /** An elliptic-curve private key, PKCS #8. */
    EC,
    /** Symmetric, its octets. */
    OCT
  }

  public WrappedKey {
    if ((kind == Kind.OCT) != publicKey.isEmpty()) {
      throw new IllegalArgumentException("a key pair has a public half, and no other key has");
    }
  }

  /** Shows which key it is and nothing of it. */
  @Override
  public String toString() {
    return "WrappedKey[" + kind + "]";
  }
}

package io.github.cvmattestation.attestation.release;

import io.github.cvmattestation.attestation.crypto.RsaPadding;
import java.util.Optional;

/**
 * How a released key is wrapped: RSA-OAEP of an AES-256 key, followed by the key itself under
 * AES-KWP (RFC 5649) with that key (PKCS #11 3.1, section 6.1.21, CKM_RSA_AES_KEY_WRAP). The names
 * are Key Vault's.
 */
public enum WrapAlgorithm {
  /** OAEP with SHA-1: the service's default, for what knows nothing else. */
  CKM_RSA_AES_KEY_WRAP(RsaPadding.OAEP_SHA1),
  /** OAEP with SHA-256: what to ask for. */
  RSA_AES_KEY_WRAP_256(RsaPadding.OAEP_SHA256),
  /** OAEP with SHA-384; not every TPM has it. */
  RSA_AES_KEY_WRAP_384(RsaPadding.OAEP_SHA384);

  private final RsaPadding padding;

  WrapAlgorithm(RsaPadding padding) {
    this.padding = padding;
  }

  /** The padding of the AES key. */
  public RsaPadding padding() {
    return padding;
  }

  /** The algorithm with this name on the wire. */
  public static Optional<WrapAlgorithm> ofName(String name) {
    for (WrapAlgorithm algorithm : values()) {
      if (algorithm.name().equals(name)) {
        return Optional.of(algorithm);
      }
    }
    return Optional.empty();
  }
}

package io.github.cvmattestation.azure.internal.maa;

import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.JWSAlgorithm;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The algorithms that a token may be signed with (RFC 7518, section 3.1). The service uses RS256;
 * the other two are as strong, and a key decides by its type which of them it checks. There is none
 * with a shared secret, and no "none".
 */
enum JwsAlgorithm {
  RS256(JWSAlgorithm.RS256, SignatureScheme.RSASSA_SHA256),
  PS256(JWSAlgorithm.PS256, SignatureScheme.RSAPSS_SHA256),
  ES256(JWSAlgorithm.ES256, SignatureScheme.ECDSA_P256_SHA256);

  private final JWSAlgorithm name;
  private final SignatureScheme scheme;

  JwsAlgorithm(JWSAlgorithm name, SignatureScheme scheme) {
    this.name = name;
    this.scheme = scheme;
  }

  SignatureScheme scheme() {
    return scheme;
  }

  static Optional<JwsAlgorithm> of(Algorithm algorithm) {
    return Stream.of(values()).filter(known -> known.name.equals(algorithm)).findFirst();
  }

  /** Whether a key is of the type, and on the curve, that this algorithm works with. */
  boolean fits(PublicKeyInfo key) {
    return switch (this) {
      case RS256, PS256 -> key instanceof PublicKeyInfo.Rsa;
      case ES256 -> key instanceof PublicKeyInfo.Ec point && point.curve() == Curve.P256;
    };
  }
}

package io.github.cvmattestation.attestation.token;

import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Finding;
import java.util.List;

/**
 * Two verifiers have looked at one machine: an issuer elsewhere, and this library. Where both must
 * be wrong in the same way, neither has to be trusted alone.
 */
@FunctionalInterface
public interface TokenAgreement {
  /** The token's word is enough. */
  TokenAgreement NOT_ASKED = (own, token) -> List.of();

  /**
   * Compares.
   *
   * @param own what was proven here
   * @param token what the issuer says
   * @return each contradiction; none if they agree
   */
  List<Finding> contradictions(ClaimSet own, VerifiedToken token);
}

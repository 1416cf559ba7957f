package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.token.VerifiedToken;
import java.util.List;

/** Says why a vault may have refused a key: the vault itself tells only that it does. */
@FunctionalInterface
public interface DenialExplainer {
  /**
   * Looks for reasons.
   *
   * @param keyName the key that was refused, as it was asked for
   * @param token what the vault was shown
   * @return what speaks against the token; none if nothing was found
   */
  List<Finding> explain(String keyName, VerifiedToken token);

  /**
   * Holds the token against the policy that the key is known to have, and names each clause that
   * does not hold.
   */
  static DenialExplainer by(ReleasePolicy policy) {
    return (keyName, token) -> PolicyExplanation.of(policy, token.token());
  }

  /** Finds nothing. */
  static DenialExplainer none() {
    return (keyName, token) -> List.of();
  }
}

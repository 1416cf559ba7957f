package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.token.VerifiedToken;
import java.util.List;

/**
 * Explains a vault's no by the key's release policy: the token's claims are run through it here, and
 * each clause is named that does not hold. It knows the published grammar and not the vault; where
 * it finds nothing, the vault had another reason, such as a missing role or a firewall.
 */
public final class PolicyExplainer implements DenialExplainer {
  private final ReleasePolicy policy;

  /**
   * @param policy the policy that the key has
   */
  public PolicyExplainer(ReleasePolicy policy) {
    this.policy = policy;
  }

  @Override
  public List<Finding> explain(String keyName, VerifiedToken token) {
    try {
      return policy.evaluate(claims(token)).failures().stream()
          .map(
              failure ->
                  Finding.of(
                      ReleaseFinding.RELEASE_DENIED,
                      "%s: %s %s".formatted(failure.path(), failure.claim(), failure.expected()),
                      failure.actual()))
          .toList();
    } catch (MalformedException e) {
      return List.of(); // a verified token's claims are JSON; larger ones are not explained
    }
  }

  private static Bytes claims(VerifiedToken token) throws MalformedException {
    String compact = token.token().compact();
    return Base64s.decode(
        "claims", compact.substring(compact.indexOf('.') + 1, compact.lastIndexOf('.')));
  }
}

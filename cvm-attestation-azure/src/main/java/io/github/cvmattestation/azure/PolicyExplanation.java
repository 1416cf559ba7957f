package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.token.AttestationToken;
import java.util.List;

/** Which clauses of a release policy a token does not meet. */
final class PolicyExplanation {
  private PolicyExplanation() {}

  static List<Finding> of(ReleasePolicy policy, AttestationToken token) {
    String payload = token.compact().split("\\.", -1)[1];
    try {
      return policy.evaluate(Base64s.decode("token.payload", payload)).failures().stream()
          .map(PolicyExplanation::finding)
          .toList();
    } catch (MalformedException e) {
      return List.of(); // a verified token has claims; without any there is nothing to explain
    }
  }

  private static Finding finding(ReleaseEvaluation.Failure failure) {
    return Finding.of(
        ReleaseFinding.RELEASE_DENIED,
        failure.path() + ": " + failure.claim() + " " + failure.expected(),
        failure.actual());
  }
}

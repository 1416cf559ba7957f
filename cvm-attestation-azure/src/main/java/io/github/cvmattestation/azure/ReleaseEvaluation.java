package io.github.cvmattestation.azure;

import java.util.List;

/**
 * What a release policy says of a token's claims.
 *
 * @param failures empty if a branch holds; otherwise every clause that keeps a branch from holding,
 *     in the order of the policy; all members of an {@code anyOf} of which none holds
 */
public record ReleaseEvaluation(List<Failure> failures) {
  /** Copies the list. */
  public ReleaseEvaluation {
    failures = List.copyOf(failures);
  }

  /**
   * A clause that does not hold.
   *
   * @param path where it stands in the policy, such as {@code anyOf[0].allOf[2]}
   * @param claim the claim that it asks about; {@code iss} for an authority
   * @param expected the operator and value, such as {@code equals true}
   * @param actual the claim's value in few harmless characters, or what is there instead
   */
  public record Failure(String path, String claim, String expected, String actual) {
    @Override
    public String toString() {
      return path + ": " + claim + " " + expected + " expected, " + actual + " found";
    }
  }

  /** Whether the policy would let the key go. */
  public boolean isReleased() {
    return failures.isEmpty();
  }
}

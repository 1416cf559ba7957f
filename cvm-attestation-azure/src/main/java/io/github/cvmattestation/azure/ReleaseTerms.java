package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.Bytes;

/**
 * To whom a key may be released (Key Vault REST, KeyReleasePolicy).
 *
 * @param policy the release policy, JSON in UTF-8; it is kept as it stands
 * @param immutable whether it can never be changed
 */
public record ReleaseTerms(Bytes policy, boolean immutable) {
  /** Terms that whoever administers the key may change later: for a dry run. */
  public static ReleaseTerms changeable(Bytes policy) {
    return new ReleaseTerms(policy, false);
  }

  /**
   * Terms that nobody can change any more, whatever happens: for production, once a release has
   * been seen to work. If the policy names an authority that goes away, such as a regional one, or
   * a measurement that the next update changes, the key is lost to everybody; the only way out is
   * another key.
   */
  public static ReleaseTerms immutableForGood(Bytes policy) {
    return new ReleaseTerms(policy, true);
  }
}

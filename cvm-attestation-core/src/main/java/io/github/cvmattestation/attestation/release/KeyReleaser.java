package io.github.cvmattestation.attestation.release;

import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.token.VerifiedToken;
import java.util.List;

/** A service that keeps keys and releases them to guests that are what a key's owner demanded. */
public interface KeyReleaser {
  /**
   * Asks for a key.
   *
   * @param name the key's name; its newest version is asked for
   * @param token what the service is shown
   * @throws io.github.cvmattestation.attestation.AttestationException.Service if the service could
   *     not be asked
   */
  Release release(String name, VerifiedToken token);

  /** What came of it. */
  sealed interface Release {
    /** The key, wrapped to the guest key that the token names. */
    record Released(WrappedKey key) implements Release {}

    /**
     * The service says no, or what it answered does not hold.
     *
     * @param findings why, at least one
     */
    record Refused(List<Finding> findings) implements Release {
      public Refused {
        findings = List.copyOf(findings);
        if (findings.isEmpty()) {
          throw new IllegalArgumentException("a refusal has a reason");
        }
      }
    }
  }
}

package io.github.cvmattestation.attestation.release;

import io.github.cvmattestation.attestation.Finding;
import java.util.List;

/** What came of unwrapping a key. */
public sealed interface Unwrapping {
  /** The key; whoever receives it closes it. */
  record Unwrapped(ReleasedKey key) implements Unwrapping {}

  /**
   * There is no key.
   *
   * @param findings why, at least one
   */
  record Refused(List<Finding> findings) implements Unwrapping {
    public Refused {
      findings = List.copyOf(findings);
      if (findings.isEmpty()) {
        throw new IllegalArgumentException("a refusal has a reason");
      }
    }
  }
}

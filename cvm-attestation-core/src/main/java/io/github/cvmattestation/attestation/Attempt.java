package io.github.cvmattestation.attestation;

import java.util.List;

/** What came of a way through the rooms: the thing at its end, or the room in which it ended. */
public sealed interface Attempt<T> {
  /** All rooms let it through. */
  record Granted<T>(T value) implements Attempt<T> {}

  /**
   * A room did not.
   *
   * @param room which one
   * @param findings why, at least one
   */
  record Denied<T>(Room room, List<Finding> findings) implements Attempt<T> {
    public Denied {
      findings = List.copyOf(findings);
      if (findings.isEmpty()) {
        throw new IllegalArgumentException("a no has a reason");
      }
    }
  }

  /**
   * The thing.
   *
   * @throws AttestationException.Denied if there is none
   */
  default T orThrow() {
    if (this instanceof Granted<T> granted) {
      return granted.value();
    }
    Denied<T> denied = (Denied<T>) this;
    throw new AttestationException.Denied(denied.room(), denied.findings());
  }
}

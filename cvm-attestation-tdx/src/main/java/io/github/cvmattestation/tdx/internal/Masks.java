package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;

/** Comparison under a mask, as Intel's identities do it. */
final class Masks {
  private Masks() {}

  /** Whether {@code value} is {@code expected} wherever {@code mask} has a one. */
  static boolean matches(Bytes value, Bytes mask, Bytes expected) {
    if (value.size() != mask.size() || value.size() != expected.size()) {
      return false;
    }
    for (int i = 0; i < value.size(); i++) {
      if ((value.get(i) & mask.get(i)) != expected.get(i)) {
        return false;
      }
    }
    return true;
  }
}

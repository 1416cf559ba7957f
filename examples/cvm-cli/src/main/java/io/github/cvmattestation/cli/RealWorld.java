package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.TrustAnchors;
import java.util.Optional;

/** The world as it is. */
record RealWorld(Optional<TrustAnchors> anchors) implements World {
  @Override
  public Web web() {
    return new DirectWeb();
  }
}

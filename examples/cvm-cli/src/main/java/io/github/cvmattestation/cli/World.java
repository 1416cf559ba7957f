package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.TrustAnchors;
import java.util.Optional;

/** What commands find around them; tests and the demo put a simulated world in its place. */
interface World {
  /** Who is trusted for hardware: nothing for the published keys of AMD and Intel. */
  Optional<TrustAnchors> anchors();

  /** Who asks services whether they are there. */
  Web web();
}

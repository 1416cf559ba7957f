package io.github.cvmattestation.attestation;

import java.util.ArrayList;
import java.util.List;

/**
 * The keys a verifier starts from (RFC 9334, section 7.1). The modules bring their vendors' keys;
 * others are believed only when a caller adds them here.
 *
 * @param anchors the keys; several may share a name
 */
public record TrustAnchors(List<TrustAnchor> anchors) {
  public TrustAnchors {
    anchors = List.copyOf(anchors);
  }

  /** These anchors and {@code more}. */
  public TrustAnchors plus(TrustAnchors more) {
    List<TrustAnchor> all = new ArrayList<>(anchors);
    all.addAll(more.anchors);
    return new TrustAnchors(all);
  }

  /** The anchors that bear {@code name}, perhaps none. */
  public List<TrustAnchor> named(String name) {
    return anchors.stream().filter(anchor -> anchor.name().equals(name)).toList();
  }
}

package io.github.cvmattestation.snp.internal;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.TrustAnchor;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.Validity;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The trust anchors of one verifier, their keys prepared at first use. */
final class Anchors {
  private final TrustAnchors anchors;
  private final SignatureBackend signatures;
  private final Map<String, List<Anchor>> prepared = new ConcurrentHashMap<>();

  Anchors(TrustAnchors anchors, SignatureBackend signatures) {
    this.anchors = anchors;
    this.signatures = signatures;
  }

  /** An anchor with its key ready. */
  record Anchor(TrustAnchor written, VerificationKey key) {
    Validity validity() {
      return new Validity(written.name(), written.notBefore(), written.notAfter());
    }
  }

  /** The anchors of this name, perhaps none. */
  List<Anchor> named(String name) {
    return prepared.computeIfAbsent(
        name, any -> anchors.named(any).stream().map(this::prepare).toList());
  }

  private Anchor prepare(TrustAnchor anchor) {
    try {
      return new Anchor(
          anchor, signatures.prepare(PublicKeyInfo.parse(anchor.subjectPublicKeyInfo())));
    } catch (MalformedException e) {
      throw new AttestationException.Configuration(
          "trust anchor " + anchor.name() + ": " + e.problem(), "use the vendor's RSA key, DER");
    }
  }
}

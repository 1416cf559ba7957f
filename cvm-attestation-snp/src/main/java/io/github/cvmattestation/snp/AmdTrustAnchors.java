package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchor;
import io.github.cvmattestation.attestation.TrustAnchors;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * AMD's nine authorities for SEV-SNP (ARK, ASK and ASVK of Milan, Genoa and Turin) as public keys:
 * see {@link AmdCaKey}, which gives fingerprints and where AMD publishes them.
 */
public final class AmdTrustAnchors {
  private AmdTrustAnchors() {}

  /** The keys of all product lines. Which lines are <em>accepted</em> is the policy's business. */
  public static TrustAnchors published() {
    List<TrustAnchor> anchors = new ArrayList<>();
    for (AmdCaKey key : AmdCaKey.PUBLISHED) {
      anchors.add(
          new TrustAnchor(
              key.name(),
              Bytes.of(Base64.getDecoder().decode(key.subjectPublicKeyInfo())),
              new BigInteger(key.serial(), 16),
              key.notBefore(),
              key.notAfter()));
    }
    return new TrustAnchors(anchors);
  }
}

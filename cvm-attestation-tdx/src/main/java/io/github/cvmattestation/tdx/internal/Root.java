package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchor;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import io.github.cvmattestation.attestation.crypto.Validity;
import io.github.cvmattestation.attestation.crypto.VerificationKey;

/**
 * A root certificate that was sent and is that of a key which was written down.
 *
 * @param certificate as it was sent; its own signature proves nothing and is not looked at
 * @param anchor what was written down
 * @param key the anchor's key
 * @param keyId SHA-384 of its uncompressed point, by which Intel's library names a root
 */
record Root(DerCertificate certificate, TrustAnchor anchor, VerificationKey key, Bytes keyId) {
  Validity validity() {
    return new Validity(anchor.name(), anchor.notBefore(), anchor.notAfter());
  }
}

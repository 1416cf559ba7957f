package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchor;
import java.math.BigInteger;
import java.time.Instant;

/**
 * A certificate authority: an ARK, an ASK or an ASVK, with its signing key.
 *
 * @param name common name, such as {@code SEV-Milan}
 * @param key the signing key
 * @param certificate DER
 * @param serial its serial number
 * @param notBefore from when its certificate holds
 * @param notAfter until when
 */
public record FakeCa(
    String name,
    RsaSigningKey key,
    Bytes certificate,
    BigInteger serial,
    Instant notBefore,
    Instant notAfter) {

  /** This authority as a trust anchor. */
  public TrustAnchor anchor() {
    return new TrustAnchor(name, key.subjectPublicKeyInfo(), serial, notBefore, notAfter);
  }
}

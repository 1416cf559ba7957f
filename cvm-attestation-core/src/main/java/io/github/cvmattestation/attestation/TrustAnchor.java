package io.github.cvmattestation.attestation;

import java.math.BigInteger;
import java.time.Instant;
import java.util.Optional;

/**
 * A public key that is trusted because somebody wrote it down, not because it arrived.
 *
 * @param name the common name that a certificate for this key bears, such as {@code ARK-Genoa}
 * @param subjectPublicKeyInfo the key, DER (RFC 5280, section 4.1.2.7)
 * @param serial serial number of the vendor's certificate for it: what a CRL would list
 * @param notBefore from when that certificate holds
 * @param notAfter until when (inclusive)
 * @param certificateSha256 SHA-256 of that certificate's DER, 32 bytes; where it is written down
 *     too, no other certificate for the key passes for it
 */
public record TrustAnchor(
    String name,
    Bytes subjectPublicKeyInfo,
    BigInteger serial,
    Instant notBefore,
    Instant notAfter,
    Optional<Bytes> certificateSha256) {

  /** An anchor of which the key alone was written down. */
  public TrustAnchor(
      String name,
      Bytes subjectPublicKeyInfo,
      BigInteger serial,
      Instant notBefore,
      Instant notAfter) {
    this(name, subjectPublicKeyInfo, serial, notBefore, notAfter, Optional.empty());
  }
}

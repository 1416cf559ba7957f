package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchor;
import java.math.BigInteger;
import java.time.Instant;
import java.util.Arrays;

/**
 * A certificate of Intel's hierarchy with its secret key, in whatever role: root, PCK CA, TCB
 * signer or PCK.
 *
 * @param name common name of the subject
 * @param subject the subject, a DER Name
 * @param key the key that the certificate is about
 * @param certificate DER
 * @param serial its serial number
 * @param notBefore from when it holds
 * @param notAfter until when
 */
public record IntelCertificate(
    String name,
    Bytes subject,
    EcSigningKey key,
    Bytes certificate,
    BigInteger serial,
    Instant notBefore,
    Instant notAfter) {
  private static final int KEY_ID_SIZE = 20;

  /** This certificate's key as a trust anchor. */
  public TrustAnchor anchor() {
    return new TrustAnchor(name, key.subjectPublicKeyInfo(), serial, notBefore, notAfter);
  }

  /** What subjectKeyIdentifier says of the key: 20 bytes (RFC 7093, section 2). */
  public Bytes keyId() {
    return keyId(key);
  }

  static Bytes keyId(EcSigningKey key) {
    byte[] hash = Hashes.digest("SHA-256", key.subjectPublicKeyInfo().toArray());
    return Bytes.of(Arrays.copyOf(hash, KEY_ID_SIZE));
  }
}

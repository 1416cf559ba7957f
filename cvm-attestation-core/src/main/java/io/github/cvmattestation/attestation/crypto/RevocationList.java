package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Pem;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An X.509 version 2 CRL (RFC 5280, section 5.1), parsed but not believed. One that covers only
 * part of what its issuer signs, or that speaks for other issuers, is refused.
 *
 * @param tbs the signed part, verbatim
 * @param signatureAlgorithm AlgorithmIdentifier, DER
 * @param signature the signature's octets
 * @param issuer the issuer's Name, DER as received
 * @param issuerCommonName the one CN of the issuer
 * @param validity thisUpdate and nextUpdate; both must be there
 * @param revoked serial numbers, none of them negative; ask {@link #lists} about one
 * @param crlNumber cRLNumber (RFC 5280, section 5.2.3), which grows with each list
 * @param authorityKeyIdentifier its keyIdentifier (RFC 5280, section 5.2.1): which of the issuer's
 *     keys has signed, in the issuer's own words. It proves nothing by itself
 */
public record RevocationList(
    Bytes tbs,
    Bytes signatureAlgorithm,
    Bytes signature,
    Bytes issuer,
    String issuerCommonName,
    Validity validity,
    Set<BigInteger> revoked,
    Optional<BigInteger> crlNumber,
    Optional<Bytes> authorityKeyIdentifier) {

  /** The most bytes that a list may have. */
  public static final int MAX_SIZE = 4 << 20;

  static final String NAME = "CertificateList";

  public RevocationList {
    revoked = SerialNumbers.copyOf(revoked);
  }

  /**
   * Whether the list names a certificate of this serial number.
   *
   * @param serial as its certificate writes it. Where the zero is forgotten that keeps a number
   *     with a high first bit positive, the positive one is meant, on either side
   */
  public boolean lists(BigInteger serial) {
    return SerialNumbers.copyOf(revoked).lists(serial);
  }

  /** Reads exactly one list, DER or PEM, of at most {@link #MAX_SIZE} bytes. */
  public static RevocationList parse(Bytes input) throws MalformedException {
    if (input.size() > MAX_SIZE) {
      throw new MalformedException(NAME, "at most " + MAX_SIZE + " bytes", "more");
    }
    Bytes der = input;
    if (Pem.looksLike(input)) {
      List<Bytes> blocks = Pem.decode(input, "X509 CRL");
      if (blocks.size() != 1) {
        throw new MalformedException(NAME, "one list", blocks.size() + " in the PEM");
      }
      der = blocks.get(0);
    }
    return new RevocationListReader(SignedObject.parse(NAME, der)).read();
  }
}

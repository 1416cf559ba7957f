package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERSequence;

/**
 * How an ECDSA signature in a certificate or revocation list is made and named (RFC 5758, section
 * 3.2).
 *
 * @param digest JCA name of the message digest: SHA-256, SHA-384 or SHA-512
 */
public record EcdsaForm(String digest) {
  /** ecdsa-with-SHA256, Intel's only one. */
  public static EcdsaForm sha256() {
    return new EcdsaForm("SHA-256");
  }

  /** The AlgorithmIdentifier, without parameters. */
  DERSequence algorithmIdentifier() {
    String oid =
        switch (digest) {
          case "SHA-256" -> "1.2.840.10045.4.3.2";
          case "SHA-384" -> "1.2.840.10045.4.3.3";
          case "SHA-512" -> "1.2.840.10045.4.3.4";
          default -> throw new IllegalArgumentException("no ECDSA with this digest: " + digest);
        };
    return Der.sequence(new ASN1ObjectIdentifier(oid));
  }

  /** Ecdsa-Sig-Value (RFC 3279, section 2.2.3), DER. */
  Bytes sign(EcSigningKey key, Bytes message) {
    Bytes rs = key.sign(digest, message);
    return Der.bytes(
        Der.sequence(integer(rs.slice(0, key.size())), integer(rs.slice(key.size(), rs.size()))));
  }

  private static ASN1Integer integer(Bytes unsigned) {
    return new ASN1Integer(new BigInteger(1, unsigned.toArray()));
  }
}

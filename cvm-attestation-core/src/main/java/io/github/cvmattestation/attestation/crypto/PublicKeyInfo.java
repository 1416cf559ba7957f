package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.DerReader;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * A public key as a value: what a SubjectPublicKeyInfo (RFC 5280, section 4.1.2.7) says, read
 * strictly. Only keys that our formats use are read: RSA of 2048 to 8192 bits with exponent 65537,
 * and uncompressed points that lie on P-256 or P-384.
 */
public sealed interface PublicKeyInfo {
  /** The exponent every RSA key here has. */
  BigInteger F4 = BigInteger.valueOf(65537);

  /** The DER of SubjectPublicKeyInfo. */
  Bytes der();

  /**
   * An RSA key.
   *
   * @param modulus odd, 2048 to 8192 bits
   */
  record Rsa(Bytes der, BigInteger modulus) implements PublicKeyInfo {
    /** The size of the modulus, and of a signature, in bytes. */
    public int modulusBytes() {
      return (modulus.bitLength() + 7) / 8;
    }
  }

  /** A point (x, y) on {@code curve}. */
  record Ec(Bytes der, Curve curve, BigInteger x, BigInteger y) implements PublicKeyInfo {}

  /** Reads DER; anything weaker, stranger or longer is refused. */
  static PublicKeyInfo parse(Bytes der) throws MalformedException {
    DerReader outer = new DerReader("SubjectPublicKeyInfo", der);
    DerReader fields = new DerReader("SubjectPublicKeyInfo", outer.content(DerReader.SEQUENCE));
    outer.end();
    Bytes algorithm = fields.element(DerReader.SEQUENCE);
    Bytes bits = fields.content(DerReader.BIT_STRING);
    fields.end();
    if (bits.isEmpty() || bits.get(0) != 0) {
      throw malformed("a whole number of octets");
    }
    Bytes key = bits.slice(1, bits.size());
    if (algorithm.equals(PublicKeys.RSA_ALGORITHM)) {
      return PublicKeys.readRsa(der, key);
    }
    for (Curve curve : Curve.values()) {
      if (algorithm.equals(PublicKeys.ecAlgorithm(curve))) {
        return PublicKeys.readEc(der, curve, key);
      }
    }
    throw malformed("RSA, P-256 or P-384");
  }

  /**
   * An RSA key from its modulus, exponent 65537.
   *
   * @throws MalformedException if the modulus is even or not of 2048 to 8192 bits
   */
  static Rsa rsa(BigInteger modulus) throws MalformedException {
    if (modulus.signum() < 0
        || modulus.bitLength() < 2048
        || modulus.bitLength() > 8192
        || !modulus.testBit(0)) {
      throw malformed("an odd modulus of 2048 to 8192 bits");
    }
    return new Rsa(
        PublicKeys.encode(
            new AlgorithmIdentifier(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE),
            PublicKeys.encoded(new RSAPublicKey(modulus, F4))),
        modulus);
  }

  /**
   * A point on a curve.
   *
   * @throws MalformedException if it is not on the curve
   */
  static Ec ec(Curve curve, Bytes x, Bytes y) throws MalformedException {
    int size = curve.fieldBytes();
    if (x.size() != size || y.size() != size) {
      throw malformed("coordinates of " + size + " bytes");
    }
    Bytes point = Bytes.of((byte) 4).concat(x, y);
    AlgorithmIdentifier algorithm =
        new AlgorithmIdentifier(
            X9ObjectIdentifiers.id_ecPublicKey, new ASN1ObjectIdentifier(curve.oid()));
    return PublicKeys.readEc(PublicKeys.encode(algorithm, point.toArray()), curve, point);
  }

  private static MalformedException malformed(String expected) {
    return PublicKeys.malformed(expected);
  }
}

package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Der;
import io.github.cvmattestation.attestation.internal.DerReader;
import java.math.BigInteger;

/** The encodings behind {@link PublicKeyInfo}. */
final class PublicKeys {
  /** How many octets of a key stand behind its modulus: INTEGER 65537. */
  static final int F4_DER_SIZE = 5;

  /** AlgorithmIdentifier of rsaEncryption with NULL parameters (RFC 3279, section 2.3.1). */
  static final Bytes RSA_ALGORITHM = Bytes.ofHex("300d06092a864886f70d0101010500");

  private static final Bytes P256_ALGORITHM =
      Bytes.ofHex("301306072a8648ce3d020106082a8648ce3d030107");
  private static final Bytes P384_ALGORITHM = Bytes.ofHex("301006072a8648ce3d020106052b81040022");
  private static final Bytes P256_HEADER =
      Bytes.ofHex("3059").concat(P256_ALGORITHM, Bytes.ofHex("034200"));
  private static final Bytes P384_HEADER =
      Bytes.ofHex("3076").concat(P384_ALGORITHM, Bytes.ofHex("036200"));
  private static final Bytes WHOLE_OCTETS = Bytes.zeros(1);
  private static final Bytes F4_INTEGER = Bytes.ofHex("010001");

  private static final int MIN_MODULUS_BITS = 2048;
  private static final int MAX_MODULUS_BITS = 8192;

  private PublicKeys() {}

  /** AlgorithmIdentifier of id-ecPublicKey with a named curve (RFC 5480, section 2.1.1). */
  static Bytes ecAlgorithm(Curve curve) {
    return curve == Curve.P256 ? P256_ALGORITHM : P384_ALGORITHM;
  }

  static PublicKeyInfo.Rsa readRsa(Bytes der, Bytes key) throws MalformedException {
    DerReader outer = new DerReader("RSAPublicKey", key);
    DerReader fields = new DerReader("RSAPublicKey", outer.content(DerReader.SEQUENCE));
    outer.end();
    Bytes digits = fields.content(DerReader.INTEGER);
    if (digits.isEmpty()) {
      throw malformed("a modulus");
    }
    BigInteger modulus = new BigInteger(digits.toArray());
    Bytes exponent = fields.content(DerReader.INTEGER);
    fields.end();
    if (!exponent.equals(F4_INTEGER)) {
      throw malformed("exponent 65537");
    }
    try {
      return new PublicKeyInfo.Rsa(der, modulus);
    } catch (IllegalArgumentException e) {
      throw malformed("DER of an odd modulus of 2048 to 8192 bits");
    }
  }

  static PublicKeyInfo.Ec readEc(Bytes der, Curve curve, Bytes point) throws MalformedException {
    int size = curve.fieldBytes();
    if (point.size() != 1 + 2 * size || point.get(0) != 4) {
      throw malformed("an uncompressed point");
    }
    BigInteger x = new BigInteger(1, point.slice(1, 1 + size).toArray());
    BigInteger y = new BigInteger(1, point.slice(1 + size, point.size()).toArray());
    try {
      return new PublicKeyInfo.Ec(der, curve, x, y);
    } catch (IllegalArgumentException e) {
      throw malformed("DER of a point on " + curve.standardName());
    }
  }

  static boolean isUsable(BigInteger modulus) {
    return modulus.signum() > 0
        && modulus.bitLength() >= MIN_MODULUS_BITS
        && modulus.bitLength() <= MAX_MODULUS_BITS
        && modulus.testBit(0);
  }

  /** RFC 3279, section 2.3.1. */
  static Bytes rsaDer(BigInteger modulus) {
    Bytes key =
        Der.element(DerReader.SEQUENCE, Der.integer(modulus), Der.integer(PublicKeyInfo.F4));
    return Der.element(
        DerReader.SEQUENCE, RSA_ALGORITHM, Der.element(DerReader.BIT_STRING, WHOLE_OCTETS, key));
  }

  static Bytes ecDer(Curve curve, BigInteger x, BigInteger y) {
    Bytes point = Bytes.of((byte) 4).concat(Ecdsa.fixed(curve, x), Ecdsa.fixed(curve, y));
    return ecDer(curve, point);
  }

  /** All that stands before the point has one value for each curve. */
  static Bytes ecDer(Curve curve, Bytes point) {
    return (curve == Curve.P256 ? P256_HEADER : P384_HEADER).concat(point);
  }

  static MalformedException malformed(String expected) {
    return new MalformedException("SubjectPublicKeyInfo", expected, "something else");
  }
}

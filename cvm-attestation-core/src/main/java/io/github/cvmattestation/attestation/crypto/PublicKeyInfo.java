package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.DerReader;
import java.math.BigInteger;

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
    /**
     * @throws IllegalArgumentException if the parts contradict each other: a backend may look at
     *     either. {@link #parse} and {@link #rsa} are the ways to make one
     */
    public Rsa {
      if (!PublicKeys.isUsable(modulus) || !PublicKeys.rsaDer(modulus).equals(der)) {
        throw new IllegalArgumentException("not the DER of a usable RSA key");
      }
    }

    /** The size of the modulus, and of a signature, in bytes. */
    public int modulusBytes() {
      return (modulus.bitLength() + 7) / 8;
    }

    /** The modulus, big-endian, without leading zeros: {@link #modulusBytes()} octets. */
    public Bytes modulusOctets() {
      int end = der.size() - PublicKeys.F4_DER_SIZE;
      return der.slice(end - modulusBytes(), end);
    }
  }

  /** A point (x, y) on {@code curve}. */
  record Ec(Bytes der, Curve curve, BigInteger x, BigInteger y) implements PublicKeyInfo {
    /**
     * @throws IllegalArgumentException if the parts contradict each other, or the point is not on
     *     the curve. {@link #parse} and {@link #ec} are the ways to make one
     */
    public Ec {
      if (!curve.contains(x, y) || !PublicKeys.ecDer(curve, x, y).equals(der)) {
        throw new IllegalArgumentException("not the DER of a point on the curve");
      }
    }
  }

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
    if (!PublicKeys.isUsable(modulus)) {
      throw malformed("an odd modulus of 2048 to 8192 bits");
    }
    return new Rsa(PublicKeys.rsaDer(modulus), modulus);
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
    return PublicKeys.readEc(PublicKeys.ecDer(curve, point), curve, point);
  }

  private static MalformedException malformed(String expected) {
    return PublicKeys.malformed(expected);
  }
}

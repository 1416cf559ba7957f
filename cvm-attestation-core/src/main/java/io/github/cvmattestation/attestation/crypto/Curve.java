package io.github.cvmattestation.attestation.crypto;

import java.math.BigInteger;

/** The elliptic curves that evidence is signed on (NIST SP 800-186, section 3.2.1; a = −3). */
public enum Curve {
  /** NIST P-256, {@code secp256r1}. */
  P256(
      "secp256r1",
      "1.2.840.10045.3.1.7",
      32,
      "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
      "5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b",
      "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"),
  /** NIST P-384, {@code secp384r1}. */
  P384(
      "secp384r1",
      "1.3.132.0.34",
      48,
      "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe"
          + "ffffffff0000000000000000ffffffff",
      "b3312fa7e23ee7e4988e056be3f82d19181d9c6efe8141120314088f5013875a"
          + "c656398d8a2ed19d2a85c8edd3ec2aef",
      "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf"
          + "581a0db248b0a77aecec196accc52973");

  private final String standardName;
  private final String oid;
  private final int fieldBytes;
  private final BigInteger prime;
  private final BigInteger b;
  private final BigInteger order;

  Curve(String standardName, String oid, int fieldBytes, String prime, String b, String order) {
    this.standardName = standardName;
    this.oid = oid;
    this.fieldBytes = fieldBytes;
    this.prime = new BigInteger(prime, 16);
    this.b = new BigInteger(b, 16);
    this.order = new BigInteger(order, 16);
  }

  /** The SEC 2 name, which the JCA uses. */
  public String standardName() {
    return standardName;
  }

  /** The object identifier (RFC 5480, section 2.1.1.1). */
  public String oid() {
    return oid;
  }

  /** Size of a coordinate, and of r and of s, in bytes. */
  public int fieldBytes() {
    return fieldBytes;
  }

  /** The order n of the base point. */
  public BigInteger order() {
    return order;
  }

  /** Whether (x, y) lies on the curve, both coordinates reduced. */
  public boolean contains(BigInteger x, BigInteger y) {
    if (x.signum() < 0 || y.signum() < 0 || x.compareTo(prime) >= 0 || y.compareTo(prime) >= 0) {
      return false;
    }
    BigInteger right = x.multiply(x).subtract(BigInteger.valueOf(3)).multiply(x).add(b);
    return y.multiply(y).subtract(right).mod(prime).signum() == 0;
  }
}

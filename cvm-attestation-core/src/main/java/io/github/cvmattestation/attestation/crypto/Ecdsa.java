package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Der;
import io.github.cvmattestation.attestation.internal.DerReader;
import java.math.BigInteger;
import java.util.Optional;

/** ECDSA signature values, range-checked before any arithmetic (CVE-2022-21449). */
public final class Ecdsa {
  private Ecdsa() {}

  /**
   * r‖s for {@code curve}, if 1 ≤ r, s &lt; n (FIPS 186-5, section 6.4.2).
   *
   * @param r big-endian, of any length
   * @param s big-endian, of any length
   */
  public static Optional<Bytes> p1363(Curve curve, Bytes r, Bytes s) {
    if (!inRange(curve, r) || !inRange(curve, s)) {
      return Optional.empty();
    }
    return Optional.of(fixed(curve, r).concat(fixed(curve, s)));
  }

  /**
   * r‖s for {@code curve} from Ecdsa-Sig-Value, SEQUENCE { r INTEGER, s INTEGER } (RFC 3279,
   * section 2.2.3), if that is DER to its last byte and 1 ≤ r, s &lt; n.
   */
  public static Optional<Bytes> fromDer(Curve curve, Bytes signature) {
    try {
      DerReader outer = new DerReader("Ecdsa-Sig-Value", signature);
      DerReader halves = new DerReader("Ecdsa-Sig-Value", outer.content(DerReader.SEQUENCE));
      outer.end();
      Bytes r = halves.content(DerReader.INTEGER);
      Bytes s = halves.content(DerReader.INTEGER);
      halves.end();
      return isPositive(curve, r) && isPositive(curve, s) ? p1363(curve, r, s) : Optional.empty();
    } catch (MalformedException e) {
      return Optional.empty(); // as little a signature as one that does not hold
    }
  }

  /** Whether {@code signature} is r‖s of the right size with both halves in range. */
  static boolean wellFormed(Curve curve, Bytes signature) {
    int half = curve.fieldBytes();
    return signature.size() == 2 * half
        && inRange(curve, signature.slice(0, half))
        && inRange(curve, signature.slice(half, 2 * half));
  }

  /** SEQUENCE { r, s } (RFC 3279, section 2.2.3): the one form that every JCA provider takes. */
  static byte[] toDer(Curve curve, Bytes signature) {
    int half = curve.fieldBytes();
    BigInteger r = new BigInteger(1, signature.slice(0, half).toArray());
    BigInteger s = new BigInteger(1, signature.slice(half, 2 * half).toArray());
    return Der.element(DerReader.SEQUENCE, Der.integer(r), Der.integer(s)).toArray();
  }

  /** A number below the curve's prime or order, in as many octets as a coordinate has. */
  static Bytes fixed(Curve curve, BigInteger number) {
    return fixed(curve, Bytes.of(number.toByteArray()));
  }

  /**
   * The content of a positive INTEGER in its shortest form (X.690, section 8.3), no longer than the
   * order with the zero that keeps it positive: measured before any arithmetic.
   */
  private static boolean isPositive(Curve curve, Bytes content) {
    if (content.isEmpty() || content.size() > curve.fieldBytes() + 1 || content.get(0) >= 0x80) {
      return false;
    }
    return content.get(0) != 0 || (content.size() > 1 && content.get(1) >= 0x80);
  }

  private static boolean inRange(Curve curve, Bytes value) {
    BigInteger number = new BigInteger(1, value.toArray());
    return number.signum() > 0 && number.compareTo(curve.order()) < 0;
  }

  private static Bytes fixed(Curve curve, Bytes value) {
    int excess = value.size() - curve.fieldBytes();
    return excess >= 0 ? value.slice(excess, value.size()) : Bytes.zeros(-excess).concat(value);
  }
}

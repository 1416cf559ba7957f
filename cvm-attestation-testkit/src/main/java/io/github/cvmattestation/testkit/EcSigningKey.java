package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA384Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;

/** An ECDSA key for tests, made from a seed; its signatures are deterministic (RFC 6979). */
public final class EcSigningKey {
  private static final String P256 = "1.2.840.10045.3.1.7";
  private static final String P384 = "1.3.132.0.34";

  private final ASN1ObjectIdentifier curve;
  private final ECDomainParameters domain;
  private final BigInteger secret;
  private final ECPoint point;

  private EcSigningKey(String oid, String seed) {
    curve = new ASN1ObjectIdentifier(oid);
    X9ECParameters parameters = CustomNamedCurves.getByOID(curve);
    domain = new ECDomainParameters(parameters);
    secret = new SeededStream("EC " + oid + " " + seed).nextBelow(domain.getN());
    point = new FixedPointCombMultiplier().multiply(domain.getG(), secret).normalize();
  }

  /** A key on P-256 (FIPS 186-5, SP 800-186, section 3.2.1.3). */
  public static EcSigningKey p256(String seed) {
    return new EcSigningKey(P256, seed);
  }

  /** A key on P-384 (SP 800-186, section 3.2.1.4), the curve of every AMD leaf. */
  public static EcSigningKey p384(String seed) {
    return new EcSigningKey(P384, seed);
  }

  /** Bytes in a coordinate, and in each of r and s: 32 or 48. */
  public int size() {
    return (domain.getN().bitLength() + 7) / 8;
  }

  /**
   * SubjectPublicKeyInfo with a named curve and an uncompressed point, DER (RFC 5480, section 2).
   */
  public Bytes subjectPublicKeyInfo() {
    return Der.bytes(
        Der.sequence(
            Der.sequence(X9ObjectIdentifiers.id_ecPublicKey, curve),
            new DERBitString(point.getEncoded(false))));
  }

  /** The affine x coordinate, big-endian, {@link #size()} bytes. */
  public Bytes x() {
    return Bytes.of(Der.unsigned(point.getAffineXCoord().toBigInteger(), size()));
  }

  /** The affine y coordinate, big-endian, {@link #size()} bytes. */
  public Bytes y() {
    return Bytes.of(Der.unsigned(point.getAffineYCoord().toBigInteger(), size()));
  }

  /** The order of the curve: the first value that r and s must not have. */
  public BigInteger order() {
    return domain.getN();
  }

  /**
   * Signs.
   *
   * @param digest JCA name of the message digest
   * @param message what is hashed and signed
   * @return r and s, big-endian, {@link #size()} bytes each
   */
  public Bytes sign(String digest, Bytes message) {
    Digest forNonce = size() == 32 ? new SHA256Digest() : new SHA384Digest();
    ECDSASigner signer = new ECDSASigner(new HMacDSAKCalculator(forNonce));
    signer.init(true, new ECPrivateKeyParameters(secret, domain));
    BigInteger[] rs = signer.generateSignature(Hashes.digest(digest, message.toArray()));
    return Bytes.of(Der.unsigned(rs[0], size())).concat(Bytes.of(Der.unsigned(rs[1], size())));
  }
}

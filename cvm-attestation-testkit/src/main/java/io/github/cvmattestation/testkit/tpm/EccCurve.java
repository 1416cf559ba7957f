package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.util.DigestFactory;
import org.bouncycastle.math.ec.ECPoint;

/** TPM_ECC_CURVE: NIST's (Part 2, section 6.4), with what is computed on them. */
enum EccCurve {
  P256(3, "secp256r1", 256),
  P384(4, "secp384r1", 384),
  P521(5, "secp521r1", 521);

  private final int id;
  private final String name;
  private final int bits;

  EccCurve(int id, String name, int bits) {
    this.id = id;
    this.name = name;
    this.bits = bits;
  }

  static Optional<EccCurve> ofId(int id) {
    return Arrays.stream(values()).filter(curve -> curve.id == id).findFirst();
  }

  int id() {
    return id;
  }

  int bits() {
    return bits;
  }

  /** The size of a coordinate and of a private key, in bytes. */
  int size() {
    return (bits + 7) / 8;
  }

  BigInteger order() {
    return domain().getN();
  }

  /** The public point of a private key. */
  EccPoint publicPoint(BigInteger secret) {
    return point(domain().getG().multiply(secret));
  }

  /** Whether the coordinates are on the curve, and the point is not at infinity. */
  boolean contains(EccPoint point) {
    BigInteger x = new BigInteger(1, point.x());
    BigInteger y = new BigInteger(1, point.y());
    BigInteger p = domain().getCurve().getField().getCharacteristic();
    return x.compareTo(p) < 0
        && y.compareTo(p) < 0
        && domain().getCurve().createPoint(x, y).isValid();
  }

  /** The product of a private key and a point of the curve (ECDH). */
  EccPoint multiply(BigInteger secret, EccPoint point) {
    return point(decoded(point).multiply(secret));
  }

  /** ECDSA (FIPS 186-4, section 6): r and s. The secret number follows from key and digest. */
  BigInteger[] sign(HashAlgorithm hash, BigInteger secret, byte[] digest) {
    ECDSASigner signer =
        new ECDSASigner(
            new HMacDSAKCalculator(
                switch (hash) {
                  case SHA1 -> DigestFactory.createSHA1();
                  case SHA256 -> DigestFactory.createSHA256();
                  case SHA384 -> DigestFactory.createSHA384();
                  case SHA512 -> DigestFactory.createSHA512();
                }));
    signer.init(true, new ECPrivateKeyParameters(secret, domain()));
    return signer.generateSignature(digest);
  }

  boolean verify(EccPoint key, byte[] digest, BigInteger r, BigInteger s) {
    if (!contains(key)) {
      return false;
    }
    ECDSASigner verifier = new ECDSASigner();
    verifier.init(false, new ECPublicKeyParameters(decoded(key), domain()));
    return verifier.verifySignature(digest, r, s);
  }

  private ECPoint decoded(EccPoint point) {
    return domain()
        .getCurve()
        .createPoint(new BigInteger(1, point.x()), new BigInteger(1, point.y()));
  }

  private EccPoint point(ECPoint point) {
    ECPoint affine = point.normalize();
    return new EccPoint(
        RsaKey.unsigned(affine.getAffineXCoord().toBigInteger(), size()),
        RsaKey.unsigned(affine.getAffineYCoord().toBigInteger(), size()));
  }

  private ECDomainParameters domain() {
    X9ECParameters parameters = CustomNamedCurves.getByName(name);
    return new ECDomainParameters(parameters);
  }
}

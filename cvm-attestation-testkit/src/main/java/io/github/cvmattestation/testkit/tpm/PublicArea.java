package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** TPMT_PUBLIC (Part 2, section 12.2.4) of an RSA key, an ECC key or a keyed-hash object. */
final class PublicArea {
  static final int MAX_DIGEST = 64;
  private static final int MAX_RSA = 384;

  private final int type;
  private final @Nullable HashAlgorithm nameAlg;
  private final int attributes;
  private final byte[] authPolicy;
  private final SymDef symmetric;
  private final Scheme scheme;
  private final int keyBits;
  private final int exponent;
  private final @Nullable EccCurve curve;
  private final Scheme kdf;
  private final byte[] unique;
  private final EccPoint point;

  private PublicArea(TpmReader in, boolean nameOptional) {
    type = in.u16();
    if (type != Alg.RSA && type != Alg.ECC && type != Alg.KEYEDHASH) {
      throw in.error(Rc.TYPE);
    }
    nameAlg = nameOptional ? Alg.readHashOrNull(in) : Alg.readHash(in);
    attributes = in.u32();
    if ((attributes & ~Attr.DEFINED) != 0) {
      throw in.error(Rc.RESERVED_BITS);
    }
    authPolicy = in.sized(MAX_DIGEST);
    symmetric = type == Alg.KEYEDHASH ? SymDef.NONE : SymDef.read(in);
    scheme =
        switch (type) {
          case Alg.RSA -> Scheme.readRsa(in);
          case Alg.ECC -> Scheme.readEcc(in);
          default -> Scheme.readKeyedHash(in);
        };
    keyBits = type == Alg.RSA ? readKeyBits(in) : 0;
    exponent = type == Alg.RSA ? in.u32() : 0;
    curve = type == Alg.ECC ? readCurve(in) : null;
    kdf = type == Alg.ECC ? Scheme.readKdf(in) : Scheme.NONE;
    point = type == Alg.ECC ? EccPoint.read(in) : new EccPoint(new byte[0], new byte[0]);
    unique = type == Alg.ECC ? new byte[0] : in.sized(type == Alg.RSA ? MAX_RSA : MAX_DIGEST);
  }

  private PublicArea(PublicArea template, byte[] unique, EccPoint point) {
    type = template.type;
    nameAlg = template.nameAlg;
    attributes = template.attributes;
    authPolicy = template.authPolicy;
    symmetric = template.symmetric;
    scheme = template.scheme;
    keyBits = template.keyBits;
    exponent = template.exponent;
    curve = template.curve;
    kdf = template.kdf;
    this.unique = unique;
    this.point = point;
  }

  /** TPM2B_PUBLIC, or TPM2B_PUBLIC+ where a nameAlg of TPM_ALG_NULL is allowed. */
  static PublicArea readSized(TpmReader in, boolean nameOptional) {
    int end = in.open();
    PublicArea area = new PublicArea(in, nameOptional);
    in.close(end);
    return area;
  }

  /** TPMT_PUBLIC. */
  static PublicArea read(TpmReader in) {
    return new PublicArea(in, true);
  }

  private static int readKeyBits(TpmReader in) {
    int bits = in.u16();
    if (bits != 1024 && bits != 2048 && bits != 3072) {
      throw in.error(Rc.VALUE);
    }
    return bits;
  }

  private static EccCurve readCurve(TpmReader in) {
    return EccCurve.ofId(in.u16()).orElseThrow(() -> in.error(Rc.CURVE));
  }

  /** TPMT_PUBLIC_PARMS, for TPM2_TestParms: nothing but whether it can be read. */
  static void readParameters(TpmReader in) {
    int type = in.u16();
    switch (type) {
      case Alg.RSA -> {
        SymDef.read(in);
        Scheme.readRsa(in);
        readKeyBits(in);
        in.u32();
      }
      case Alg.ECC -> {
        SymDef.read(in);
        Scheme.readEcc(in);
        readCurve(in);
        Scheme.readKdf(in);
      }
      case Alg.KEYEDHASH -> Scheme.readKeyedHash(in);
      default -> throw in.error(Rc.TYPE);
    }
  }

  PublicArea withUnique(byte[] value) {
    return new PublicArea(this, value, point);
  }

  PublicArea withPoint(EccPoint value) {
    return new PublicArea(this, unique, value);
  }

  byte[] bytes() {
    TpmWriter out = new TpmWriter().u16(type).u16(Alg.id(nameAlg)).u32(attributes);
    out.sized(authPolicy);
    if (type != Alg.KEYEDHASH) {
      symmetric.write(out);
    }
    scheme.write(out);
    if (type == Alg.RSA) {
      out.u16(keyBits).u32(exponent);
    }
    if (curve != null) {
      out.u16(curve.id());
      kdf.write(out);
      point.write(out);
    } else {
      out.sized(unique);
    }
    return out.array();
  }

  /** The Name: nameAlg and the digest of the public area; empty without a nameAlg (Part 1, 16). */
  byte[] name() {
    return nameAlg == null
        ? new byte[0]
        : new TpmWriter().u16(nameAlg.id()).raw(Crypto.hash(nameAlg, bytes())).array();
  }

  boolean has(int mask) {
    return (attributes & mask) == mask;
  }

  boolean hasAny(int mask) {
    return (attributes & mask) != 0;
  }

  /** Whether it can have children: restricted and decrypting (Part 1, section 23.3). */
  boolean isParent() {
    return type != Alg.KEYEDHASH && has(Attr.RESTRICTED | Attr.DECRYPT) && !has(Attr.SIGN);
  }

  int type() {
    return type;
  }

  @Nullable HashAlgorithm nameAlg() {
    return nameAlg;
  }

  /** The hash of an object that must have one. */
  HashAlgorithm requireNameAlg() {
    if (nameAlg == null) {
      throw TpmError.of(Rc.HASH);
    }
    return nameAlg;
  }

  int attributes() {
    return attributes;
  }

  byte[] authPolicy() {
    return authPolicy.clone();
  }

  SymDef symmetric() {
    return symmetric;
  }

  Scheme scheme() {
    return scheme;
  }

  Scheme kdf() {
    return kdf;
  }

  int keyBits() {
    return keyBits;
  }

  /** The exponent as it is on the wire: 0 stands for 65537. */
  int rawExponent() {
    return exponent;
  }

  BigInteger exponent() {
    return BigInteger.valueOf(exponent == 0 ? RsaKey.DEFAULT_EXPONENT : exponent & 0xFFFF_FFFFL);
  }

  EccCurve curve() {
    if (curve == null) {
      throw TpmError.of(Rc.TYPE);
    }
    return curve;
  }

  byte[] unique() {
    return unique.clone();
  }

  EccPoint point() {
    return point;
  }
}

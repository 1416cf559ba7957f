package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** What a public area must be, alone and beside its parent and its sensitive area (Part 1, 25). */
final class PublicChecks {
  private PublicChecks() {}

  /** For TPM2_Create and TPM2_CreatePrimary (Part 3, section 12.1.1). */
  static void forCreation(@Nullable PublicArea parent, PublicArea area, int dataSize) {
    boolean origin = area.has(Attr.SENSITIVE_DATA_ORIGIN);
    boolean data = dataSize != 0;
    boolean keyedHash = area.type() == Alg.KEYEDHASH;
    // The TPM or the caller gives the secret, and to asymmetric keys the TPM only. With a primary
    // object, data beside the TPM's secret makes the derivation another one.
    boolean both = origin && data && parent != null;
    boolean neither = !origin && !data;
    if (both || neither || (!keyedHash && !origin)) {
      throw TpmError.of(Rc.ATTRIBUTES);
    }
    if (keyedHash && origin && !area.has(Attr.SIGN) && !area.has(Attr.DECRYPT)) {
      throw TpmError.of(Rc.ATTRIBUTES);
    }
    attributes(parent, area);
  }

  /** For TPM2_Load, TPM2_LoadExternal and TPM2_Import, before keys are looked at. */
  static void forLoading(
      @Nullable PublicArea parent,
      PublicArea area,
      @Nullable Sensitive sensitive,
      int publicParameter,
      int privateParameter) {
    HashAlgorithm hash = area.nameAlg();
    if (sensitive != null && hash != null && sensitive.seedValue().length > hash.digestSize()) {
      throw TpmError.parameter(Rc.KEY_SIZE, privateParameter);
    }
    try {
      if (sensitive == null || hash == null) {
        schemes(area);
      } else {
        attributes(parent, area);
      }
    } catch (TpmError e) {
      throw TpmError.parameter(e.code(), publicParameter);
    }
  }

  /** Attributes and schemes (PublicAttributesValidation of Part 4). */
  static void attributes(@Nullable PublicArea parent, PublicArea area) {
    HashAlgorithm hash = area.requireNameAlg();
    if (area.authPolicy().length != 0 && area.authPolicy().length != hash.digestSize()) {
      throw TpmError.of(Rc.SIZE);
    }
    boolean fixedTpm = area.has(Attr.FIXED_TPM);
    if (parent == null || parent.has(Attr.FIXED_TPM)) {
      requireAttributes(fixedTpm == area.has(Attr.FIXED_PARENT));
    } else {
      requireAttributes(!fixedTpm);
    }
    if (area.has(Attr.RESTRICTED)) {
      requireAttributes(area.has(Attr.SIGN) != area.has(Attr.DECRYPT));
    }
    requireAttributes(area.type() == Alg.KEYEDHASH || area.hasAny(Attr.SIGN | Attr.DECRYPT));
    boolean encrypted = area.has(Attr.ENCRYPTED_DUPLICATION);
    requireAttributes(!(fixedTpm && encrypted));
    if (parent != null && !parent.has(Attr.FIXED_TPM)) {
      requireAttributes(encrypted == parent.has(Attr.ENCRYPTED_DUPLICATION));
    }
    schemes(area);
  }

  private static void requireAttributes(boolean allowed) {
    if (!allowed) {
      throw TpmError.of(Rc.ATTRIBUTES);
    }
  }

  /** Whether scheme, symmetric algorithm and KDF fit the attributes (SchemeChecks of Part 4). */
  static void schemes(PublicArea area) {
    boolean sign = area.has(Attr.SIGN);
    boolean decrypt = area.has(Attr.DECRYPT);
    boolean restricted = area.has(Attr.RESTRICTED);
    Scheme scheme = area.scheme();
    if (area.type() == Alg.KEYEDHASH) {
      keyedHashScheme(sign, decrypt, scheme);
      return;
    }
    if (sign && decrypt) {
      require(scheme.isNone(), Rc.SCHEME);
    } else if (sign) {
      require(scheme.isSigning() || (scheme.isNone() && !restricted), Rc.SCHEME);
    } else if (decrypt) {
      require(scheme.isNone() || (!scheme.isSigning() && !restricted), Rc.SCHEME);
    } else {
      require(scheme.isNone(), Rc.SCHEME);
    }
    SymDef symmetric = area.symmetric();
    if (restricted && decrypt) {
      require(!symmetric.isNone(), Rc.SYMMETRIC);
      require(symmetric.mode() == Alg.CFB || symmetric.mode() == Alg.NULL, Rc.SYMMETRIC);
    } else {
      require(symmetric.isNone(), Rc.SYMMETRIC);
    }
    require(area.kdf().isNone(), Rc.KDF);
  }

  private static void keyedHashScheme(boolean sign, boolean decrypt, Scheme scheme) {
    if (sign == decrypt) {
      require(scheme.isNone(), Rc.SCHEME);
    } else if (sign) {
      require(scheme.algorithm() == Alg.HMAC, Rc.SCHEME);
    } else {
      // A decrypting keyed hash would be an XOR key or a derivation parent: not there.
      throw TpmError.of(Rc.SCHEME);
    }
  }

  private static void require(boolean allowed, int code) {
    if (!allowed) {
      throw TpmError.of(code);
    }
  }

  /**
   * Whether the key is one, and the sensitive area its own (CryptValidateKeys of Part 4).
   *
   * @param publicParameter the parameter to blame for the public area
   * @param privateParameter the parameter to blame for the sensitive area
   */
  static void keys(
      PublicArea area, @Nullable Sensitive sensitive, int publicParameter, int privateParameter) {
    if (sensitive != null) {
      sensitive(area, sensitive, privateParameter);
    }
    if (area.nameAlg() == null && area.type() == Alg.ECC && sensitive != null) {
      // Without a nameAlg nothing binds the areas to each other (Part 3, section 12.3.1).
      if (!isPrivateKey(area.curve(), sensitive.secret())) {
        throw TpmError.of(Rc.KEY_SIZE);
      }
      return;
    }
    switch (area.type()) {
      case Alg.RSA -> rsa(area, sensitive, publicParameter, privateParameter);
      case Alg.ECC -> ecc(area, sensitive, publicParameter, privateParameter);
      default -> keyedHash(area, sensitive, publicParameter, privateParameter);
    }
  }

  private static void sensitive(PublicArea area, Sensitive sensitive, int privateParameter) {
    if (sensitive.type() != area.type()) {
      throw TpmError.parameter(Rc.TYPE, privateParameter);
    }
    HashAlgorithm hash = area.nameAlg();
    if (hash == null) {
      return;
    }
    int digestSize = hash.digestSize();
    if (Crypto.trimmed(sensitive.authValue()).length > digestSize) {
      throw TpmError.parameter(Rc.SIZE, privateParameter);
    }
    if (area.isParent() && sensitive.seedValue().length < digestSize / 2) {
      throw TpmError.parameter(Rc.KEY_SIZE, privateParameter);
    }
  }

  private static void rsa(
      PublicArea area, @Nullable Sensitive sensitive, int publicParameter, int privateParameter) {
    byte[] modulus = area.unique();
    int size = area.keyBits() / 8;
    if (modulus.length != size || modulus[0] >= 0) {
      throw TpmError.parameter(Rc.KEY, publicParameter);
    }
    if (area.rawExponent() != 0 && area.exponent().compareTo(BigInteger.valueOf(7)) < 0) {
      throw TpmError.parameter(Rc.VALUE, publicParameter);
    }
    if (sensitive != null) {
      byte[] prime = sensitive.secret();
      if (prime.length * 2 != size || prime[0] >= 0) {
        throw TpmError.parameter(Rc.KEY_SIZE, privateParameter);
      }
      RsaKey.of(modulus, area.exponent(), prime);
    }
  }

  private static void ecc(
      PublicArea area, @Nullable Sensitive sensitive, int publicParameter, int privateParameter) {
    EccCurve curve = area.curve();
    EccPoint point = area.point();
    if (sensitive == null) {
      if (point.x().length != curve.size() || point.y().length != curve.size()) {
        throw TpmError.parameter(Rc.KEY, publicParameter);
      }
      if (area.nameAlg() != null && !curve.contains(point)) {
        throw TpmError.parameter(Rc.ECC_POINT, publicParameter);
      }
      return;
    }
    if (!isPrivateKey(curve, sensitive.secret())) {
      throw TpmError.parameter(Rc.KEY_SIZE, privateParameter);
    }
    EccPoint expected = curve.publicPoint(new BigInteger(1, sensitive.secret()));
    if (!Crypto.same(expected.x(), point.x()) || !Crypto.same(expected.y(), point.y())) {
      throw TpmError.of(Rc.BINDING);
    }
  }

  private static boolean isPrivateKey(EccCurve curve, byte[] encoded) {
    BigInteger secret = new BigInteger(1, encoded);
    return secret.signum() != 0 && secret.compareTo(curve.order()) < 0;
  }

  private static void keyedHash(
      PublicArea area, @Nullable Sensitive sensitive, int publicParameter, int privateParameter) {
    HashAlgorithm hash = area.nameAlg();
    int digestSize = hash == null ? 0 : hash.digestSize();
    if (sensitive == null) {
      if (area.unique().length != digestSize) {
        throw TpmError.parameter(Rc.KEY, publicParameter);
      }
      return;
    }
    if (sensitive.seedValue().length != digestSize) {
      throw TpmError.parameter(Rc.KEY_SIZE, privateParameter);
    }
    byte[] expected =
        hash == null ? new byte[0] : Crypto.hash(hash, sensitive.seedValue(), sensitive.secret());
    if (!Crypto.same(expected, area.unique())) {
      throw TpmError.of(Rc.BINDING);
    }
  }
}

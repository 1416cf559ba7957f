package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** TPMT_SIGNATURE (Part 2, section 11.3.4): made, read, verified. */
final class Signatures {
  private Signatures() {}

  /**
   * The scheme to sign with (Part 1, section 38.2): the key's own, or the one that was asked for.
   */
  static @Nullable Scheme select(TpmObject key, Scheme asked) {
    Scheme own = key.publicArea().scheme();
    if (own.isNone()) {
      return fits(key, asked) ? asked : null;
    }
    return asked.isNone() || asked.equals(own) ? own : null;
  }

  private static boolean fits(TpmObject key, Scheme scheme) {
    return switch (key.publicArea().type()) {
      case Alg.RSA -> scheme.isRsaSigning();
      case Alg.ECC -> scheme.algorithm() == Alg.ECDSA;
      default -> scheme.algorithm() == Alg.HMAC;
    };
  }

  static void sign(Call call, TpmObject key, Scheme scheme, byte[] digest, TpmWriter out) {
    HashAlgorithm hash = scheme.hash();
    if (hash == null) {
      throw TpmError.of(Rc.SCHEME);
    }
    switch (key.publicArea().type()) {
      case Alg.RSA -> signRsa(call.tpm().random(), key, scheme, hash, digest, out);
      case Alg.ECC -> signEcc(key, scheme, hash, digest, out);
      default -> signHmac(key, scheme, hash, digest, out);
    }
  }

  private static void signRsa(
      Drbg random, TpmObject key, Scheme scheme, HashAlgorithm hash, byte[] digest, TpmWriter out) {
    int size = key.rsaKey().size();
    byte[] encoded =
        switch (scheme.algorithm()) {
          case Alg.RSASSA -> RsaPadding.pkcs1Signature(hash, digest, size);
          case Alg.RSAPSS -> RsaPadding.pss(hash, digest, random.next(hash.digestSize()), size);
          default -> throw TpmError.of(Rc.SCHEME);
        };
    byte[] signature = key.rsaKey().privatePower(encoded);
    out.u16(scheme.algorithm()).u16(hash.id()).sized(signature);
  }

  private static void signEcc(
      TpmObject key, Scheme scheme, HashAlgorithm hash, byte[] digest, TpmWriter out) {
    if (scheme.algorithm() != Alg.ECDSA) {
      throw TpmError.of(Rc.SCHEME);
    }
    EccCurve curve = key.publicArea().curve();
    byte[] secret = key.requireSensitive(TpmError.of(Rc.KEY)).secret();
    BigInteger[] signature = curve.sign(hash, new BigInteger(1, secret), digest);
    out.u16(Alg.ECDSA).u16(hash.id());
    for (BigInteger part : signature) {
      out.sized(RsaKey.unsigned(part, curve.size()));
    }
  }

  private static void signHmac(
      TpmObject key, Scheme scheme, HashAlgorithm hash, byte[] digest, TpmWriter out) {
    if (scheme.algorithm() != Alg.HMAC) {
      throw TpmError.of(Rc.SCHEME);
    }
    byte[] secret = key.requireSensitive(TpmError.of(Rc.KEY)).secret();
    out.u16(Alg.HMAC).u16(hash.id()).raw(Crypto.hmac(hash, secret, digest));
  }

  /** Reads a signature; returns what verifies it later, once the other checks are done. */
  static Check read(TpmReader in) {
    Scheme scheme = Scheme.readSignature(in);
    if (scheme.isNone()) {
      throw in.error(Rc.SCHEME);
    }
    HashAlgorithm hash = scheme.hash();
    if (hash == null) {
      throw in.error(Rc.HASH);
    }
    return switch (scheme.algorithm()) {
      case Alg.ECDSA -> {
        byte[] r = in.sized(EccPoint.MAX_COORDINATE);
        byte[] s = in.sized(EccPoint.MAX_COORDINATE);
        yield (key, digest) -> verifyEcc(key, digest, r, s);
      }
      case Alg.HMAC -> {
        byte[] value = in.raw(hash.digestSize());
        yield (key, digest) -> verifyHmac(key, hash, digest, value);
      }
      default -> {
        byte[] signature = in.sized(384);
        yield (key, digest) -> verifyRsa(key, scheme, hash, digest, signature);
      }
    };
  }

  /** Throws unless a key signed a digest. */
  @FunctionalInterface
  interface Check {
    void verify(TpmObject key, byte[] digest);
  }

  private static void verifyRsa(
      TpmObject key, Scheme scheme, HashAlgorithm hash, byte[] digest, byte[] signature) {
    PublicArea area = key.publicArea();
    requireType(key, Alg.RSA);
    byte[] modulus = area.unique();
    require(
        signature.length == modulus.length
            && digest.length == hash.digestSize()
            && new BigInteger(1, signature).compareTo(new BigInteger(1, modulus)) < 0);
    byte[] encoded = RsaKey.publicPower(modulus, area.exponent(), signature);
    if (scheme.algorithm() == Alg.RSAPSS) {
      require(RsaPadding.isPss(hash, digest, encoded));
    } else {
      require(Crypto.same(RsaPadding.pkcs1Signature(hash, digest, modulus.length), encoded));
    }
  }

  private static void verifyEcc(TpmObject key, byte[] digest, byte[] r, byte[] s) {
    PublicArea area = key.publicArea();
    requireType(key, Alg.ECC);
    require(area.curve().verify(area.point(), digest, new BigInteger(1, r), new BigInteger(1, s)));
  }

  private static void verifyHmac(TpmObject key, HashAlgorithm hash, byte[] digest, byte[] value) {
    requireType(key, Alg.KEYEDHASH);
    byte[] secret = key.requireSensitive(TpmError.of(Rc.HANDLE)).secret();
    require(Crypto.same(Crypto.hmac(hash, secret, digest), value));
  }

  private static void requireType(TpmObject key, int type) {
    int actual = key.publicArea().type();
    if (actual == Alg.KEYEDHASH) {
      key.requireSensitive(TpmError.of(Rc.HANDLE));
    }
    if (actual != type) {
      throw TpmError.of(Rc.SCHEME);
    }
  }

  private static void require(boolean genuine) {
    if (!genuine) {
      throw TpmError.of(Rc.SIGNATURE);
    }
  }
}

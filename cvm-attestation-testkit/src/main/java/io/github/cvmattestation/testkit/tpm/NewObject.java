package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/**
 * An object made from a template and a stream of octets (Part 1, section 27.6): from the TPM's own
 * noise for TPM2_Create, from a hierarchy's seed and the template for TPM2_CreatePrimary, so that
 * the same template gives the same key. The derivation is this TPM's own, as it is every vendor's.
 */
record NewObject(PublicArea publicArea, Sensitive sensitive, @Nullable RsaKey rsaKey) {
  private static final int MIN_EXPONENT = 1 << 16;

  static NewObject create(PublicArea template, byte[] auth, byte[] data, Drbg stream) {
    HashAlgorithm hash = template.requireNameAlg();
    boolean needsSeed = template.isParent() || template.type() == Alg.KEYEDHASH;
    byte[] seed = needsSeed ? stream.next(hash.digestSize()) : new byte[0];
    return switch (template.type()) {
      case Alg.RSA -> rsa(template, auth, seed, stream);
      case Alg.ECC -> ecc(template, auth, seed, stream);
      default -> keyedHash(template, auth, seed, data, stream);
    };
  }

  private static NewObject rsa(PublicArea template, byte[] auth, byte[] seed, Drbg stream) {
    BigInteger exponent = template.exponent();
    if (exponent.bitLength() <= Integer.numberOfTrailingZeros(MIN_EXPONENT)
        || !exponent.isProbablePrime(40)) {
      throw TpmError.of(Rc.RANGE);
    }
    RsaKey key = RsaKey.generate(template.keyBits(), exponent, stream);
    Sensitive sensitive = new Sensitive(Alg.RSA, auth, seed, key.sensitive());
    return new NewObject(template.withUnique(key.modulus()), sensitive, key);
  }

  private static NewObject ecc(PublicArea template, byte[] auth, byte[] seed, Drbg stream) {
    EccCurve curve = template.curve();
    BigInteger secret = stream.nextBelow(curve.order());
    byte[] encoded = RsaKey.unsigned(secret, curve.size());
    return new NewObject(
        template.withPoint(curve.publicPoint(secret)),
        new Sensitive(Alg.ECC, auth, seed, encoded),
        null);
  }

  private static NewObject keyedHash(
      PublicArea template, byte[] auth, byte[] seed, byte[] data, Drbg stream) {
    HashAlgorithm hash = template.requireNameAlg();
    byte[] secret = data;
    HashAlgorithm hmac = template.scheme().hash();
    if (hmac != null && data.length > blockSize(hmac)) {
      throw TpmError.of(Rc.SIZE);
    }
    if (template.has(Attr.SENSITIVE_DATA_ORIGIN)) {
      secret = stream.next((hmac == null ? hash : hmac).digestSize());
    }
    return new NewObject(
        template.withUnique(Crypto.hash(hash, seed, secret)),
        new Sensitive(Alg.KEYEDHASH, auth, seed, secret),
        null);
  }

  /** An HMAC key longer than a block would be hashed: it is refused (Part 1, section 27.6.3). */
  private static int blockSize(HashAlgorithm hash) {
    return hash.digestSize() <= HashAlgorithm.SHA256.digestSize() ? 64 : 128;
  }
}

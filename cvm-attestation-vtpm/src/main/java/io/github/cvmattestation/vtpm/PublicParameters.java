package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.util.Optional;

/** Reads the part of a {@link TpmtPublic} that depends on its type. */
final class PublicParameters {
  private static final int MAX_DIGEST = 64;

  private PublicParameters() {}

  static TpmtPublic.Rsa readRsa(ByteReader in) throws MalformedException {
    Optional<TpmtPublic.Symmetric> symmetric = readSymmetric(in);
    Optional<TpmtPublic.Scheme> scheme = readRsaScheme(in);
    int keyBits = in.u16("parameters.keyBits");
    long exponent = in.u32("parameters.exponent");
    Bytes modulus = in.sized16("unique", AlgorithmIds.MAX_RSA_BYTES);
    if (modulus.size() * 8 != keyBits) {
      throw in.malformed("unique", keyBits + " bits", modulus.size() * 8 + " bits");
    }
    return new TpmtPublic.Rsa(symmetric, scheme, keyBits, exponent, modulus);
  }

  static TpmtPublic.Ecc readEcc(ByteReader in) throws MalformedException {
    return new TpmtPublic.Ecc(
        readSymmetric(in),
        readEccScheme(in),
        readCurve(in),
        readKdf(in),
        in.sized16("unique.x", AlgorithmIds.MAX_ECC_BYTES),
        in.sized16("unique.y", AlgorithmIds.MAX_ECC_BYTES));
  }

  static TpmtPublic.KeyedHash readKeyedHash(ByteReader in) throws MalformedException {
    int scheme = in.u16("parameters.scheme");
    if (scheme != AlgorithmIds.NULL) {
      throw unknown(in, "parameters.scheme", "NULL", scheme);
    }
    return new TpmtPublic.KeyedHash(in.sized16("unique", MAX_DIGEST));
  }

  private static Optional<TpmtPublic.Symmetric> readSymmetric(ByteReader in)
      throws MalformedException {
    int algorithm = in.u16("parameters.symmetric");
    if (algorithm == AlgorithmIds.NULL) {
      return Optional.empty();
    }
    if (algorithm != AlgorithmIds.AES) {
      throw unknown(in, "parameters.symmetric", "NULL or AES", algorithm);
    }
    int keyBits = in.u16("parameters.symmetric.keyBits");
    if (keyBits != 128 && keyBits != 192 && keyBits != 256) {
      throw in.malformed(
          "parameters.symmetric.keyBits", "128, 192 or 256", String.valueOf(keyBits));
    }
    int mode = in.u16("parameters.symmetric.mode");
    if (mode != AlgorithmIds.CFB) {
      throw unknown(in, "parameters.symmetric.mode", "CFB", mode);
    }
    return Optional.of(new TpmtPublic.Symmetric(keyBits));
  }

  /** TPMT_RSA_SCHEME (Part 2, section 11.2.4.2): every scheme but RSAES brings its hash. */
  private static Optional<TpmtPublic.Scheme> readRsaScheme(ByteReader in)
      throws MalformedException {
    int scheme = in.u16("parameters.scheme");
    return switch (scheme) {
      case AlgorithmIds.NULL -> Optional.empty();
      case AlgorithmIds.RSAES -> Optional.of(new TpmtPublic.Scheme(scheme, Optional.empty()));
      case AlgorithmIds.RSASSA, AlgorithmIds.RSAPSS, AlgorithmIds.OAEP -> withHash(in, scheme);
      default ->
          throw unknown(in, "parameters.scheme", "NULL, RSASSA, RSAES, RSAPSS or OAEP", scheme);
    };
  }

  /** TPMT_ECC_SCHEME (Part 2, section 11.2.5.6), without the anonymous and the Chinese ones. */
  private static Optional<TpmtPublic.Scheme> readEccScheme(ByteReader in)
      throws MalformedException {
    int scheme = in.u16("parameters.scheme");
    return switch (scheme) {
      case AlgorithmIds.NULL -> Optional.empty();
      case AlgorithmIds.ECDSA, AlgorithmIds.ECDH -> withHash(in, scheme);
      default -> throw unknown(in, "parameters.scheme", "NULL, ECDSA or ECDH", scheme);
    };
  }

  private static TpmtPublic.EccCurve readCurve(ByteReader in) throws MalformedException {
    int id = in.u16("parameters.curveID");
    for (TpmtPublic.EccCurve curve : TpmtPublic.EccCurve.values()) {
      if (curve.id() == id) {
        return curve;
      }
    }
    throw unknown(in, "parameters.curveID", "P-256, P-384 or P-521", id);
  }

  /** TPMT_KDF_SCHEME (Part 2, section 11.2.3.3). */
  private static Optional<TpmtPublic.Scheme> readKdf(ByteReader in) throws MalformedException {
    int kdf = in.u16("parameters.kdf");
    return switch (kdf) {
      case AlgorithmIds.NULL -> Optional.empty();
      case AlgorithmIds.MGF1, AlgorithmIds.KDF1_SP800_56A, AlgorithmIds.KDF1_SP800_108 ->
          withHash(in, kdf);
      default -> throw unknown(in, "parameters.kdf", "NULL, MGF1 or a KDF1", kdf);
    };
  }

  private static Optional<TpmtPublic.Scheme> withHash(ByteReader in, int algorithm)
      throws MalformedException {
    HashAlgorithm hash = AlgorithmIds.readHash(in, "parameters.hashAlg");
    return Optional.of(new TpmtPublic.Scheme(algorithm, Optional.of(hash)));
  }

  private static MalformedException unknown(
      ByteReader in, String field, String expected, int algorithm) {
    return in.malformed(field, expected, "0x%04x".formatted(algorithm));
  }
}

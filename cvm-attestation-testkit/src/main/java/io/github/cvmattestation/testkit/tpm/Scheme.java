package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import org.jspecify.annotations.Nullable;

/**
 * A scheme to sign or to decrypt with (Part 2, sections 11.2.1 to 11.2.4).
 *
 * @param algorithm TPM_ALG_NULL, or the scheme
 * @param hash its hash; null where it has none
 */
record Scheme(int algorithm, @Nullable HashAlgorithm hash) {
  static final Scheme NONE = new Scheme(Alg.NULL, null);

  /** TPMT_RSA_SCHEME+. */
  static Scheme readRsa(TpmReader in) {
    int algorithm = in.u16();
    return switch (algorithm) {
      case Alg.NULL, Alg.RSAES -> new Scheme(algorithm, null);
      case Alg.RSASSA, Alg.RSAPSS, Alg.OAEP -> new Scheme(algorithm, Alg.readHash(in));
      default -> throw in.error(Rc.VALUE);
    };
  }

  /** TPMT_RSA_DECRYPT+. */
  static Scheme readRsaDecrypt(TpmReader in) {
    int algorithm = in.u16();
    return switch (algorithm) {
      case Alg.NULL, Alg.RSAES -> new Scheme(algorithm, null);
      case Alg.OAEP -> new Scheme(algorithm, Alg.readHash(in));
      default -> throw in.error(Rc.VALUE);
    };
  }

  /** TPMT_ECC_SCHEME+. */
  static Scheme readEcc(TpmReader in) {
    int algorithm = in.u16();
    return switch (algorithm) {
      case Alg.NULL -> NONE;
      case Alg.ECDSA, Alg.ECDH -> new Scheme(algorithm, Alg.readHash(in));
      default -> throw in.error(Rc.SCHEME);
    };
  }

  /** TPMT_SIG_SCHEME+. */
  static Scheme readSignature(TpmReader in) {
    int algorithm = in.u16();
    return switch (algorithm) {
      case Alg.NULL -> NONE;
      case Alg.RSASSA, Alg.RSAPSS, Alg.ECDSA, Alg.HMAC -> new Scheme(algorithm, Alg.readHash(in));
      default -> throw in.error(Rc.SCHEME);
    };
  }

  /** TPMT_KEYEDHASH_SCHEME+. */
  static Scheme readKeyedHash(TpmReader in) {
    int algorithm = in.u16();
    return switch (algorithm) {
      case Alg.NULL -> NONE;
      case Alg.HMAC -> new Scheme(algorithm, Alg.readHash(in));
      default -> throw in.error(Rc.VALUE);
    };
  }

  /** TPMT_KDF_SCHEME+. */
  static Scheme readKdf(TpmReader in) {
    int algorithm = in.u16();
    return switch (algorithm) {
      case Alg.NULL -> NONE;
      case Alg.MGF1, Alg.KDF1_SP800_56A, Alg.KDF1_SP800_108 ->
          new Scheme(algorithm, Alg.readHash(in));
      default -> throw in.error(Rc.KDF);
    };
  }

  void write(TpmWriter out) {
    out.u16(algorithm);
    if (hash != null) {
      out.u16(hash.id());
    }
  }

  boolean isNone() {
    return algorithm == Alg.NULL;
  }

  boolean isSigning() {
    return algorithm == Alg.RSASSA
        || algorithm == Alg.RSAPSS
        || algorithm == Alg.ECDSA
        || algorithm == Alg.HMAC;
  }

  boolean isRsaSigning() {
    return algorithm == Alg.RSASSA || algorithm == Alg.RSAPSS;
  }
}

package io.github.cvmattestation.attestation.release;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;

/** Private keys in PKCS #8 (RFC 5958), and the proof that one belongs to a public key. */
final class KeyPairs {
  private static final String RSA_PROVIDER = "SunRsaSign";
  private static final String EC_PROVIDER = "SunEC";
  private static final int CHALLENGE_BYTES = 32;

  private KeyPairs() {}

  /**
   * Reads PKCS #8.
   *
   * @throws GeneralSecurityException if it is none, or of another kind; its message may quote it
   */
  static PrivateKey privateKey(WrappedKey.Kind kind, byte[] pkcs8) throws GeneralSecurityException {
    KeyFactory factory =
        kind == WrappedKey.Kind.RSA
            ? KeyFactory.getInstance("RSA", RSA_PROVIDER)
            : KeyFactory.getInstance("EC", EC_PROVIDER);
    return factory.generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
  }

  /**
   * Whether {@code privateKey} signs for {@code publicKey}. Numbers that are merely equal could
   * stand beside others that are used.
   */
  static boolean match(PrivateKey privateKey, PublicKeyInfo publicKey, SignatureBackend backend)
      throws GeneralSecurityException {
    if (publicKey instanceof PublicKeyInfo.Rsa rsa && !sameModulus(privateKey, rsa)) {
      return false;
    }
    byte[] challenge = new byte[CHALLENGE_BYTES];
    new SecureRandom().nextBytes(challenge);
    Signature signer =
        publicKey instanceof PublicKeyInfo.Ec ec
            ? Signature.getInstance(ecdsa(ec.curve()), EC_PROVIDER)
            : Signature.getInstance("SHA256withRSA", RSA_PROVIDER);
    signer.initSign(privateKey);
    signer.update(challenge);
    return backend
        .prepare(publicKey)
        .verifies(scheme(publicKey), Bytes.of(challenge), Bytes.of(signer.sign()));
  }

  /** The key's own primes make up the public modulus: a modulus can be copied, primes cannot. */
  private static boolean sameModulus(PrivateKey privateKey, PublicKeyInfo.Rsa publicKey) {
    return privateKey instanceof RSAPrivateCrtKey rsa
        && rsa.getModulus().equals(publicKey.modulus())
        && rsa.getPublicExponent().equals(PublicKeyInfo.F4)
        && rsa.getPrimeP().multiply(rsa.getPrimeQ()).equals(publicKey.modulus());
  }

  private static String ecdsa(Curve curve) {
    return curve == Curve.P256 ? "SHA256withECDSAinP1363Format" : "SHA384withECDSAinP1363Format";
  }

  private static SignatureScheme scheme(PublicKeyInfo publicKey) {
    if (publicKey instanceof PublicKeyInfo.Ec ec) {
      return ec.curve() == Curve.P256
          ? SignatureScheme.ECDSA_P256_SHA256
          : SignatureScheme.ECDSA_P384_SHA384;
    }
    return SignatureScheme.RSASSA_SHA256;
  }
}

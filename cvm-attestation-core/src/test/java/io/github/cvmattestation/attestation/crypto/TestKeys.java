package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.List;
import java.util.stream.Stream;

/** Keys made once for all tests, signing with the JDK. */
final class TestKeys {
  static final KeyPair RSA = rsa(2048);
  static final KeyPair OTHER_RSA = rsa(2048);
  static final KeyPair P256 = ec("secp256r1");
  static final KeyPair OTHER_P256 = ec("secp256r1");
  static final KeyPair P384 = ec("secp384r1");
  static final KeyPair OTHER_P384 = ec("secp384r1");

  private TestKeys() {}

  /** Every backend; Corretto's is missing only where its library is not made for the machine. */
  static List<SignatureBackend> backends() {
    return Stream.concat(
            Stream.of(SignatureBackends.jdk(), SignatureBackends.bouncyCastle()),
            SignatureBackends.corretto().stream())
        .toList();
  }

  static KeyPair pair(SignatureScheme scheme) {
    return switch (scheme) {
      case ECDSA_P256_SHA256 -> P256;
      case ECDSA_P384_SHA384 -> P384;
      default -> RSA;
    };
  }

  static KeyPair other(SignatureScheme scheme) {
    return switch (scheme) {
      case ECDSA_P256_SHA256 -> OTHER_P256;
      case ECDSA_P384_SHA384 -> OTHER_P384;
      default -> OTHER_RSA;
    };
  }

  static Bytes spki(KeyPair pair) {
    return Bytes.of(pair.getPublic().getEncoded());
  }

  static PublicKeyInfo info(KeyPair pair) {
    try {
      return PublicKeyInfo.parse(spki(pair));
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  static Bytes sign(SignatureScheme scheme, PrivateKey key, Bytes message) {
    return switch (scheme.kind()) {
      case ECDSA -> jca(digestName(scheme) + "withECDSAinP1363Format", null, key, message);
      case RSASSA -> jca(digestName(scheme) + "withRSA", null, key, message);
      case RSAPSS -> pss(scheme.digest(), scheme.digest(), scheme.saltBytes(), key, message);
    };
  }

  static Bytes pss(String digest, String mgfDigest, int salt, PrivateKey key, Bytes message) {
    return jca(
        "RSASSA-PSS",
        new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(mgfDigest), salt, 1),
        key,
        message);
  }

  /** The private operation alone: a signature whose encoded message is {@code encoded}. */
  static Bytes rawRsa(KeyPair pair, Bytes encoded) {
    RSAPrivateKey key = (RSAPrivateKey) pair.getPrivate();
    return fixed(
        new BigInteger(1, encoded.toArray()).modPow(key.getPrivateExponent(), key.getModulus()),
        encoded.size());
  }

  static Bytes fixed(BigInteger value, int size) {
    Bytes digits = Bytes.of(value.toByteArray());
    return digits.size() > size
        ? digits.slice(digits.size() - size, digits.size())
        : Bytes.zeros(size - digits.size()).concat(digits);
  }

  static KeyPair rsa(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      KeyPair pair;
      do {
        pair = generator.generateKeyPair();
        // Room above the modulus, for signatures that are not smaller than it.
      } while (bits % 8 == 0 && (modulus(pair).shiftRight(bits - 8).intValueExact()) >= 0xE0);
      return pair;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static BigInteger modulus(KeyPair pair) {
    return ((RSAPrivateKey) pair.getPrivate()).getModulus();
  }

  private static String digestName(SignatureScheme scheme) {
    return scheme.digest().replace("-", "");
  }

  private static Bytes jca(
      String algorithm, PSSParameterSpec parameters, PrivateKey key, Bytes message) {
    try {
      Signature signer = Signature.getInstance(algorithm);
      if (parameters != null) {
        signer.setParameter(parameters);
      }
      signer.initSign(key);
      signer.update(message.toArray());
      return Bytes.of(signer.sign());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair ec(String curve) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}

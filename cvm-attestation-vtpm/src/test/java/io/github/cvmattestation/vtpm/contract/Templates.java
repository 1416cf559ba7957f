package io.github.cvmattestation.vtpm.contract;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;

/** Public areas (TPMT_PUBLIC, Part 2, section 12.2.4) and keys that are the same on every TPM. */
final class Templates {
  static final int RSA = 1;
  static final int KEYEDHASH = 8;
  static final int ECC = 0x23;
  static final int SHA1 = 4;
  static final int SHA256 = 0xB;
  static final int SHA384 = 0xC;
  static final int NULL = 0x10;
  static final int RSASSA = 0x14;
  static final int RSAPSS = 0x16;
  static final int OAEP = 0x17;
  static final int ECDSA = 0x18;

  static final int FIXED = 0x12;
  static final int ORIGIN = 0x20;
  static final int USER = 0x40;
  static final int ADMIN = 0x80;
  static final int NO_DA = 0x400;
  static final int RESTRICTED = 0x10000;
  static final int DECRYPT = 0x20000;
  static final int SIGN = 0x40000;

  /** Two primes; found once, from a fixed beginning. */
  static final BigInteger P = prime(1);

  static final BigInteger Q = prime(2);
  static final byte[] MODULUS = magnitude(P.multiply(Q), 256);

  /** The generator of P-256 (SEC 2, 2.4.2): the public point of the private key 1. */
  static final byte[] GX =
      magnitude(
          new BigInteger("6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296", 16),
          32);

  static final byte[] GY =
      magnitude(
          new BigInteger("4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5", 16),
          32);

  private Templates() {}

  /** OAEP with SHA-256 for {@link #MODULUS} (Part 1, appendix B.4), its seed drawn. */
  static byte[] encrypt(byte[] data, String label, Random seeds) {
    OAEPParameterSpec spec =
        new OAEPParameterSpec(
            "SHA-256",
            "MGF1",
            MGF1ParameterSpec.SHA256,
            new PSource.PSpecified(label.getBytes(StandardCharsets.US_ASCII)));
    SecureRandom drawn =
        new SecureRandom() {
          private static final long serialVersionUID = 1L;

          @Override
          public void nextBytes(byte[] bytes) {
            seeds.nextBytes(bytes);
          }
        };
    try {
      RSAPublicKeySpec key =
          new RSAPublicKeySpec(new BigInteger(1, MODULUS), BigInteger.valueOf(65537));
      Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
      cipher.init(
          Cipher.ENCRYPT_MODE, KeyFactory.getInstance("RSA").generatePublic(key), spec, drawn);
      return cipher.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static Wire eccStorage(int attributes, byte[] policy, byte[] unique) {
    return new Wire()
        .u16(ECC)
        .u16(SHA256)
        .u32(attributes)
        .sized(policy)
        .u16(6)
        .u16(128)
        .u16(0x43)
        .u16(NULL)
        .u16(3)
        .u16(NULL)
        .sized(unique)
        .sized(unique);
  }

  static Wire eccSigning(int attributes, byte[] policy, int scheme, int hash, byte[] x, byte[] y) {
    Wire wire = new Wire().u16(ECC).u16(SHA256).u32(attributes).sized(policy).u16(NULL);
    wire.u16(scheme);
    if (scheme != NULL) {
      wire.u16(hash);
    }
    return wire.u16(3).u16(NULL).sized(x).sized(y);
  }

  static Wire rsa(int attributes, byte[] policy, int scheme, int hash, int bits, byte[] modulus) {
    Wire wire = new Wire().u16(RSA).u16(SHA256).u32(attributes).sized(policy).u16(NULL);
    wire.u16(scheme);
    if (scheme != NULL && scheme != 0x15) {
      wire.u16(hash);
    }
    return wire.u16(bits).u32(0).sized(modulus);
  }

  static Wire sealed(int attributes, byte[] policy) {
    return new Wire()
        .u16(KEYEDHASH)
        .u16(SHA256)
        .u32(attributes)
        .sized(policy)
        .u16(NULL)
        .sized(new byte[0]);
  }

  static byte[] magnitude(BigInteger value, int size) {
    byte[] bytes = value.toByteArray();
    byte[] out = new byte[size];
    int length = Math.min(size, bytes.length);
    System.arraycopy(bytes, bytes.length - length, out, size - length, length);
    return out;
  }

  private static BigInteger prime(int seed) {
    Random random = new Random(seed);
    while (true) {
      BigInteger prime = BigInteger.probablePrime(1024, random);
      // The two highest bits, so that the product has 2048.
      if (prime.testBit(1022)
          && !prime
              .subtract(BigInteger.ONE)
              .mod(BigInteger.valueOf(65537))
              .equals(BigInteger.ZERO)) {
        return prime;
      }
    }
  }
}

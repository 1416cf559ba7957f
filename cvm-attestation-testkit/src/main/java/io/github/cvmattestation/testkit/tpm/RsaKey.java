package io.github.cvmattestation.testkit.tpm;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * An RSA private key of two primes or more (RFC 8017, section 3.2).
 *
 * <p>Keys made here are products of primes of 256 bits, which are found in a twentieth of the time
 * that two of 1024 bits take; nobody who sees the modulus can tell. They protect nothing, for all
 * of them follow from a seed. Their private area never leaves this TPM in the clear (there is no
 * TPM2_Duplicate), so its form is nobody's concern. Keys that come from outside have two primes, as
 * Part 2, section 12.3.2.3, says.
 */
final class RsaKey {
  static final int DEFAULT_EXPONENT = 65537;
  private static final int PRIME_BITS = 256;

  private final BigInteger modulus;
  private final BigInteger exponent;
  private final List<BigInteger> primes;

  private RsaKey(BigInteger exponent, List<BigInteger> primes) {
    this.modulus = primes.stream().reduce(BigInteger.ONE, BigInteger::multiply);
    this.exponent = exponent;
    this.primes = primes;
  }

  static RsaKey generate(int bits, BigInteger exponent, Drbg stream) {
    List<BigInteger> primes = new ArrayList<>();
    while (primes.size() < bits / PRIME_BITS) {
      BigInteger prime = stream.nextPrime(PRIME_BITS, exponent);
      if (!primes.contains(prime)) {
        primes.add(prime);
      }
    }
    return new RsaKey(exponent, List.copyOf(primes));
  }

  /**
   * The key of a modulus and its sensitive area: one prime of two, or all primes but the last of a
   * key made here. A sensitive area that does not divide the modulus is TPM_RC_BINDING.
   */
  static RsaKey of(byte[] modulus, BigInteger exponent, byte[] sensitive) {
    boolean two = sensitive.length * 2 == modulus.length;
    int size = two ? sensitive.length : PRIME_BITS / 8;
    BigInteger rest = new BigInteger(1, modulus);
    List<BigInteger> primes = new ArrayList<>();
    for (int at = 0; at + size <= sensitive.length; at += size) {
      BigInteger prime = new BigInteger(1, Arrays.copyOfRange(sensitive, at, at + size));
      BigInteger[] divided =
          prime.signum() == 0
              ? new BigInteger[] {rest, BigInteger.ONE}
              : rest.divideAndRemainder(prime);
      if (divided[1].signum() != 0) {
        throw TpmError.of(Rc.BINDING);
      }
      primes.add(prime);
      rest = divided[0];
    }
    primes.add(rest);
    for (BigInteger prime : primes) {
      // A prime's p - 1 must have an inverse of e; what is no such prime cannot be a key.
      if (!prime.testBit(0)
          || prime.bitLength() < 2
          || !exponent.gcd(prime.subtract(BigInteger.ONE)).equals(BigInteger.ONE)) {
        throw TpmError.of(Rc.BINDING);
      }
    }
    return new RsaKey(exponent, List.copyOf(primes));
  }

  byte[] modulus() {
    return unsigned(modulus, size());
  }

  /** The key's sensitive area: every prime but the last. */
  byte[] sensitive() {
    TpmWriter out = new TpmWriter();
    for (BigInteger prime : primes.subList(0, primes.size() - 1)) {
      out.raw(unsigned(prime, (prime.bitLength() + 7) / 8));
    }
    return out.array();
  }

  List<BigInteger> primes() {
    return primes;
  }

  int size() {
    return (modulus.bitLength() + 7) / 8;
  }

  /** RSADP and RSASP1: a small power for each prime, joined (RFC 8017, section 5.1.2). */
  byte[] privatePower(byte[] representative) {
    BigInteger message = new BigInteger(1, representative);
    if (message.compareTo(modulus) >= 0) {
      throw TpmError.of(Rc.VALUE);
    }
    BigInteger result = BigInteger.ZERO;
    BigInteger product = BigInteger.ONE;
    for (BigInteger prime : primes) {
      BigInteger d = exponent.modInverse(prime.subtract(BigInteger.ONE));
      BigInteger share = message.modPow(d, prime);
      BigInteger step = share.subtract(result).multiply(product.modInverse(prime)).mod(prime);
      result = result.add(step.multiply(product));
      product = product.multiply(prime);
    }
    return unsigned(result, size());
  }

  /** RSAEP and RSAVP1. */
  static byte[] publicPower(byte[] modulus, BigInteger exponent, byte[] representative) {
    BigInteger n = new BigInteger(1, modulus);
    BigInteger message = new BigInteger(1, representative);
    if (message.compareTo(n) >= 0) {
      throw TpmError.of(Rc.VALUE);
    }
    return unsigned(message.modPow(exponent, n), modulus.length);
  }

  /** Big-endian in exactly {@code size} bytes. */
  static byte[] unsigned(BigInteger value, int size) {
    byte[] bytes = value.toByteArray();
    byte[] out = new byte[size];
    int taken = Math.min(bytes.length, size);
    System.arraycopy(bytes, bytes.length - taken, out, size - taken, taken);
    return out;
  }
}

package io.github.cvmattestation.testkit.tpm;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.math.BigInteger;
import java.util.Arrays;

/**
 * Octets that follow from a seed: HMAC-SHA-512 of a counter. The same seed gives the same octets,
 * so that a failing test can be run again; a TPM in silicon would draw them from noise.
 */
final class Drbg {
  /** 3 to 1,009, multiplied: what shares a factor with it is worth no further look. */
  private static final BigInteger SMALL_PRIMES = smallPrimes();

  private static final int CERTAINTY = 40;

  private final byte[] key;
  private long counter;
  private byte[] block = new byte[0];
  private int used;

  Drbg(byte[]... seed) {
    this.key = Crypto.hash(HashAlgorithm.SHA512, seed);
  }

  byte[] next(int size) {
    byte[] out = new byte[size];
    for (int at = 0; at < size; ) {
      if (used == block.length) {
        block = Crypto.hmac(HashAlgorithm.SHA512, key, new TpmWriter().u64(counter++).array());
        used = 0;
      }
      int taken = Math.min(size - at, block.length - used);
      System.arraycopy(block, used, out, at, taken);
      at += taken;
      used += taken;
    }
    return out;
  }

  /** From 1 to {@code limit} - 1, with 64 bits to spare so that bias is out of sight. */
  BigInteger nextBelow(BigInteger limit) {
    BigInteger drawn = new BigInteger(1, next(limit.bitLength() / 8 + 9));
    return drawn.mod(limit.subtract(BigInteger.ONE)).add(BigInteger.ONE);
  }

  /** A prime of {@code bits} bits whose top byte is 0xFF, such that e is prime to p - 1. */
  BigInteger nextPrime(int bits, BigInteger e) {
    byte[] start = next(bits / 8);
    start[0] = (byte) 0xFF;
    start[1] &= 0x7F; // so that the search cannot run over the top
    start[start.length - 1] |= 1;
    BigInteger candidate = new BigInteger(1, start);
    while (!candidate.gcd(SMALL_PRIMES).equals(BigInteger.ONE)
        || !candidate.subtract(BigInteger.ONE).gcd(e).equals(BigInteger.ONE)
        || !BigInteger.TWO.modPow(candidate, candidate).equals(BigInteger.TWO)
        || !candidate.isProbablePrime(CERTAINTY)) {
      candidate = candidate.add(BigInteger.TWO);
    }
    Arrays.fill(start, (byte) 0);
    return candidate;
  }

  private static BigInteger smallPrimes() {
    BigInteger product = BigInteger.ONE;
    for (int i = 3; i < 1010; i += 2) {
      BigInteger number = BigInteger.valueOf(i);
      if (number.gcd(product).equals(BigInteger.ONE)) {
        product = product.multiply(number);
      }
    }
    return product;
  }
}

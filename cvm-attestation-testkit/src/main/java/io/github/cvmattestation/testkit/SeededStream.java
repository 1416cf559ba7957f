package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Octets that follow from a label: SHA-512 over the label and a counter. Everything made from one
 * seed comes out the same twice, so that a failing test can be run again.
 */
final class SeededStream {
  private static final int BLOCK = 64;

  /** 3 to 101, multiplied: what has one of them in common with it is worth no further look. */
  private static final BigInteger SMALL_PRIMES =
      new BigInteger("116431182179248680450031658440253681535");

  private final byte[] label;
  private int counter;

  SeededStream(byte[]... label) {
    this.label = Hashes.digest("SHA-512", label);
  }

  SeededStream(String label) {
    this(label.getBytes(UTF_8));
  }

  byte[] next(int size) {
    ByteBuffer out = ByteBuffer.allocate((size + BLOCK - 1) / BLOCK * BLOCK);
    while (out.hasRemaining()) {
      byte[] count = ByteBuffer.allocate(Integer.BYTES).putInt(counter++).array();
      out.put(Hashes.digest("SHA-512", label, count));
    }
    return Arrays.copyOf(out.array(), size);
  }

  /**
   * A number from 1 to {@code limit} - 1, drawn with 64 bits to spare so that bias is out of sight.
   */
  BigInteger nextBelow(BigInteger limit) {
    BigInteger drawn = new BigInteger(1, next(limit.bitLength() / 8 + 9));
    return drawn.mod(limit.subtract(BigInteger.ONE)).add(BigInteger.ONE);
  }

  /**
   * A number p of {@code bits} bits, at most 256, that passes Fermat's test to base 2: a prime, for
   * all that matters here. Its top byte is 0xFF, and {@code exponent} is prime to p - 1.
   */
  BigInteger nextPrime(int bits, BigInteger exponent) {
    byte[] start = next(bits / 8);
    start[0] = (byte) 0xFF;
    start[1] &= 0x7F; // so that the search cannot run over the top
    start[start.length - 1] |= 1;
    BigInteger candidate = new BigInteger(1, start);
    while (!candidate.gcd(SMALL_PRIMES).equals(BigInteger.ONE)
        || !BigInteger.TWO.modPow(candidate, candidate).equals(BigInteger.TWO)
        || !candidate.subtract(BigInteger.ONE).gcd(exponent).equals(BigInteger.ONE)) {
      candidate = candidate.add(BigInteger.TWO);
    }
    return candidate;
  }
}

package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.RSAPrivateKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;

/**
 * An RSA key for tests, made from a seed in milliseconds.
 *
 * <p>It protects nothing: the modulus is a product of 256-bit primes (RFC 8017, section 3.1, allows
 * more than two), because sixteen of them are found in a fraction of the time that two of 2048 bits
 * take. Nobody who verifies can tell the difference.
 */
public final class RsaSigningKey {
  private static final int PRIME_BITS = 256;
  private static final int MIN_BITS = 1024;

  private final int bits;
  private final BigInteger exponent;
  private final BigInteger modulus;
  private final List<BigInteger> primes;

  private RsaSigningKey(int bits, BigInteger exponent, List<BigInteger> primes) {
    this.bits = bits;
    this.exponent = exponent;
    this.primes = primes;
    this.modulus = primes.stream().reduce(BigInteger.ONE, BigInteger::multiply);
  }

  /** A key with e = 65537. */
  public static RsaSigningKey of(int bits, String seed) {
    return of(bits, 65537, seed);
  }

  /**
   * A key.
   *
   * @param bits size of the modulus, a multiple of 256 and at least 1024
   * @param exponent the public exponent, odd
   * @param seed the same seed gives the same key
   */
  public static RsaSigningKey of(int bits, long exponent, String seed) {
    if (bits < MIN_BITS || bits % PRIME_BITS != 0 || exponent % 2 == 0) {
      throw new IllegalArgumentException("no RSA key of %d bits, e = %d".formatted(bits, exponent));
    }
    BigInteger e = BigInteger.valueOf(exponent);
    SeededStream stream = new SeededStream("RSA " + bits + " " + exponent + " " + seed);
    List<BigInteger> primes = new ArrayList<>();
    while (primes.size() < bits / PRIME_BITS) {
      primes.add(stream.nextPrime(PRIME_BITS, e));
    }
    return new RsaSigningKey(bits, e, List.copyOf(primes));
  }

  /** The key of a modulus that is the product of these primes, with e = 65537. */
  static RsaSigningKey ofPrimes(List<BigInteger> primes) {
    int bits = primes.stream().reduce(BigInteger.ONE, BigInteger::multiply).bitLength();
    return new RsaSigningKey(bits, BigInteger.valueOf(65537), List.copyOf(primes));
  }

  /** The modulus, big-endian, without a leading zero: {@code bits / 8} bytes. */
  public Bytes modulus() {
    return Bytes.of(unsigned(modulus, bits / 8));
  }

  /** The public exponent. */
  public long publicExponent() {
    return exponent.longValueExact();
  }

  /** Size of the modulus in bits. */
  public int bits() {
    return bits;
  }

  /** SubjectPublicKeyInfo with rsaEncryption, DER (RFC 3279, section 2.3.1). */
  public Bytes subjectPublicKeyInfo() {
    DERSequence algorithm = Der.sequence(PKCSObjectIdentifiers.rsaEncryption, DERNull.INSTANCE);
    DERSequence key = Der.sequence(new ASN1Integer(modulus), new ASN1Integer(exponent));
    return Der.bytes(Der.sequence(algorithm, new DERBitString(Der.array(key))));
  }

  /** For the JDK, which a TLS server needs: modulus and private exponent, no primes. */
  PrivateKey privateKey() {
    BigInteger order =
        primes.stream()
            .map(prime -> prime.subtract(BigInteger.ONE))
            .reduce(BigInteger.ONE, BigInteger::multiply);
    try {
      return KeyFactory.getInstance("RSA")
          .generatePrivate(new RSAPrivateKeySpec(modulus, exponent.modInverse(order)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** RSASSA-PKCS1-v1_5 (RFC 8017, section 8.2). {@code digest} is a JCA name such as SHA-256. */
  public Bytes signPkcs1(String digest, Bytes message) {
    ASN1EncodableVector algorithm = new ASN1EncodableVector();
    algorithm.add(Der.digestOid(digest));
    algorithm.add(DERNull.INSTANCE);
    byte[] info =
        Der.array(
            Der.sequence(
                new DERSequence(algorithm),
                new DEROctetString(Hashes.digest(digest, message.toArray()))));
    byte[] encoded = new byte[bits / 8];
    Arrays.fill(encoded, (byte) 0xFF);
    encoded[0] = 0;
    encoded[1] = 1;
    encoded[encoded.length - info.length - 1] = 0;
    System.arraycopy(info, 0, encoded, encoded.length - info.length, info.length);
    return power(encoded);
  }

  /** RSASSA-PSS (RFC 8017, section 8.1), MGF1 over {@code mgfDigest}, salt in bytes. */
  public Bytes signPss(String digest, String mgfDigest, int saltLength, Bytes message) {
    byte[] salt = new SeededStream(modulus.toByteArray(), message.toArray()).next(saltLength);
    byte[] messageHash = Hashes.digest(digest, message.toArray());
    byte[] hash = Hashes.digest(digest, new byte[8], messageHash, salt);
    // EMSA-PSS-ENCODE, section 9.1.1: DB = zeros || 01 || salt, masked; then H, then BC.
    byte[] encoded = new byte[bits / 8];
    int dbLength = encoded.length - hash.length - 1;
    encoded[dbLength - saltLength - 1] = 1;
    System.arraycopy(salt, 0, encoded, dbLength - saltLength, saltLength);
    byte[] mask = mgf1(mgfDigest, hash, dbLength);
    for (int i = 0; i < dbLength; i++) {
      encoded[i] ^= mask[i];
    }
    encoded[0] &= 0x7F; // emBits is one less than the bits of the modulus
    System.arraycopy(hash, 0, encoded, dbLength, hash.length);
    encoded[encoded.length - 1] = (byte) 0xBC;
    return power(encoded);
  }

  /** The largest salt that fits, which old TPMs use: emLen - hLen - 2. */
  public int maxSaltLength(String digest) {
    return bits / 8 - Hashes.digest(digest, new byte[0]).length - 2;
  }

  private static byte[] mgf1(String digest, byte[] seed, int size) {
    byte[] mask = new byte[size];
    int at = 0;
    for (int counter = 0; at < size; counter++) {
      byte[] count = {0, 0, (byte) (counter >>> 8), (byte) counter};
      byte[] block = Hashes.digest(digest, seed, count);
      int taken = Math.min(block.length, size - at);
      System.arraycopy(block, 0, mask, at, taken);
      at += taken;
    }
    return mask;
  }

  /**
   * RSASP1 over several primes: a small power for each, joined as RFC 8017, section 5.1.2, does.
   */
  private Bytes power(byte[] encoded) {
    BigInteger message = new BigInteger(1, encoded);
    BigInteger result = BigInteger.ZERO;
    BigInteger product = BigInteger.ONE;
    for (BigInteger prime : primes) {
      BigInteger d = exponent.modInverse(prime.subtract(BigInteger.ONE));
      BigInteger share = message.modPow(d, prime);
      BigInteger step = share.subtract(result).multiply(product.modInverse(prime)).mod(prime);
      result = result.add(step.multiply(product));
      product = product.multiply(prime);
    }
    return Bytes.of(unsigned(result, bits / 8));
  }

  private static byte[] unsigned(BigInteger value, int size) {
    return Der.unsigned(value, size);
  }
}

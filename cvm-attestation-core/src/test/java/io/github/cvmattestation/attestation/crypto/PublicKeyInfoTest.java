package io.github.cvmattestation.attestation.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicKeyInfoTest {
  private static final Bytes RSA_ALGORITHM =
      Der.seq(Der.oid("1.2.840.113549.1.1.1"), Der.tlv(0x05));
  private static final BigInteger F4 = BigInteger.valueOf(65537);
  private static final BigInteger MODULUS = ((RSAPublicKey) TestKeys.RSA.getPublic()).getModulus();

  @Test
  void keysOfTheJdkAreReadAsTheyAre() throws MalformedException {
    assertThat(PublicKeyInfo.parse(TestKeys.spki(TestKeys.RSA)))
        .isEqualTo(new PublicKeyInfo.Rsa(TestKeys.spki(TestKeys.RSA), MODULUS))
        .isEqualTo(PublicKeyInfo.rsa(MODULUS));
    for (Curve curve : Curve.values()) {
      KeyPair pair = pair(curve);
      ECPublicKey key = (ECPublicKey) pair.getPublic();
      BigInteger x = key.getW().getAffineX();
      BigInteger y = key.getW().getAffineY();
      assertThat(PublicKeyInfo.parse(TestKeys.spki(pair)))
          .isEqualTo(new PublicKeyInfo.Ec(TestKeys.spki(pair), curve, x, y))
          .isEqualTo(PublicKeyInfo.ec(curve, coordinate(curve, x), coordinate(curve, y)));
    }
  }

  @Test
  void aCurveIsTheOneThatTheJdkKnows() {
    for (Curve curve : Curve.values()) {
      ECPublicKey key = (ECPublicKey) pair(curve).getPublic();
      assertThat(curve.order()).isEqualTo(key.getParams().getOrder());
      var generator = key.getParams().getGenerator();
      assertThat(curve.contains(generator.getAffineX(), generator.getAffineY())).isTrue();
      assertThat(curve.contains(generator.getAffineX(), generator.getAffineY().negate())).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 1024, 2047, 8193, 16384})
  void rsaKeysTooSmallOrTooBigAreRefused(int bits) {
    BigInteger modulus = BigInteger.ONE.shiftLeft(bits - 1).add(BigInteger.ONE);
    refused(rsa(modulus, F4));
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> PublicKeyInfo.rsa(modulus));
  }

  @Test
  void theSmallestAndTheBiggestModulusAreRead() throws MalformedException {
    for (int bits : new int[] {2048, 2049, 8192}) {
      BigInteger modulus = BigInteger.ONE.shiftLeft(bits - 1).add(BigInteger.ONE);
      PublicKeyInfo read = PublicKeyInfo.parse(rsa(modulus, F4));
      assertThat(read)
          .isInstanceOfSatisfying(
              PublicKeyInfo.Rsa.class,
              rsa -> {
                assertThat(rsa.modulus()).isEqualTo(modulus);
                assertThat(rsa.modulusBytes()).isEqualTo((bits + 7) / 8);
              });
    }
  }

  @Test
  void evenNegativeAndZeroModuliAreRefused() {
    refused(rsa(MODULUS.add(BigInteger.ONE), F4));
    refused(rsa(MODULUS.negate(), F4));
    refused(rsa(BigInteger.ZERO, F4));
    // The same octets without the zero that keeps them positive.
    Bytes negative = Der.tlv(0x02, TestKeys.fixed(MODULUS, 256));
    refused(spki(RSA_ALGORITHM, Der.seq(negative, Der.integer(F4))));
  }

  @Test
  void anIntegerWithoutOctetsIsRefused() {
    refused(spki(RSA_ALGORITHM, Der.seq(Der.tlv(0x02), Der.integer(F4))));
    refused(spki(RSA_ALGORITHM, Der.seq(Der.integer(MODULUS), Der.tlv(0x02))));
  }

  @ParameterizedTest
  @ValueSource(longs = {-65537, 0, 1, 2, 3, 17, 65535, 65536, 65538, 4294967297L})
  void otherExponentsAreRefused(long exponent) {
    refused(rsa(MODULUS, BigInteger.valueOf(exponent)));
  }

  @Test
  void rsaKeysInAnyOtherEncodingAreRefused() {
    Bytes n = Der.integer(MODULUS);
    Bytes e = Der.integer(F4);
    Bytes padded = Der.tlv(0x02, Bytes.zeros(1), Bytes.of(MODULUS.toByteArray()));
    for (Bytes forged :
        List.of(
            spki(RSA_ALGORITHM, Der.seq(padded, e)),
            spki(RSA_ALGORITHM, Der.seq(n, Der.tlv(0x02, Bytes.ofHex("00010001")))),
            spki(RSA_ALGORITHM, Der.seq(n, e, Der.integer(0))),
            spki(RSA_ALGORITHM, Der.seq(n)),
            spki(RSA_ALGORITHM, Der.seq(e, n)),
            spki(RSA_ALGORITHM, Der.seq(n, e).concat(Bytes.zeros(1))),
            spki(Der.seq(Der.oid("1.2.840.113549.1.1.1")), Der.seq(n, e)),
            spki(Der.seq(Der.oid("1.2.840.113549.1.1.10"), Der.tlv(0x05)), Der.seq(n, e)),
            Der.seq(RSA_ALGORITHM, Der.tlv(0x03, Bytes.ofHex("01"), Der.seq(n, e))),
            Der.seq(RSA_ALGORITHM, Der.tlv(0x03, Der.seq(n, e))),
            Der.seq(RSA_ALGORITHM, Der.tlv(0x03)),
            Der.seq(RSA_ALGORITHM, Der.octets(Der.seq(n, e))),
            Der.seq(RSA_ALGORITHM, Der.bits(Der.seq(n, e)), Der.tlv(0x05)),
            Der.seq(RSA_ALGORITHM),
            Der.seq(n, e))) {
      refused(forged);
    }
  }

  @ParameterizedTest
  @EnumSource(Curve.class)
  void pointsThatAreNotOnTheCurveAreRefused(Curve curve) {
    ECPublicKey key = (ECPublicKey) pair(curve).getPublic();
    Bytes x = coordinate(curve, key.getW().getAffineX());
    Bytes y = coordinate(curve, key.getW().getAffineY());
    int size = curve.fieldBytes();
    BigInteger p = ((java.security.spec.ECFieldFp) key.getParams().getCurve().getField()).getP();
    byte[] flipped = y.toArray();
    flipped[size - 1] ^= 1;
    for (Bytes point :
        List.of(
            Bytes.ofHex("04").concat(x, Bytes.of(flipped)),
            Bytes.ofHex("04").concat(y, x),
            Bytes.ofHex("04").concat(Bytes.zeros(2 * size)),
            Bytes.ofHex("04").concat(TestKeys.fixed(p, size), y),
            Bytes.ofHex("04").concat(x, TestKeys.fixed(p.subtract(BigInteger.ONE), size)),
            Bytes.zeros(1), // infinity
            Bytes.zeros(1 + 2 * size),
            Bytes.of((byte) (2 + y.get(size - 1) % 2)).concat(x), // compressed
            Bytes.of((byte) (6 + y.get(size - 1) % 2)).concat(x, y), // hybrid
            Bytes.ofHex("04").concat(x, y, Bytes.zeros(1)),
            Bytes.ofHex("04").concat(x, y.slice(1, size)),
            Bytes.ofHex("04").concat(x),
            x.concat(y),
            Bytes.empty())) {
      refused(spki(algorithm(curve), point));
    }
  }

  @Test
  void aCoordinateIsNotReducedForTheSender() {
    // x + p names the same point of P-256 where it fits: find a point with a small x.
    BigInteger p =
        BigInteger.TWO
            .pow(256)
            .subtract(BigInteger.TWO.pow(224))
            .add(BigInteger.TWO.pow(192))
            .add(BigInteger.TWO.pow(96))
            .subtract(BigInteger.ONE);
    BigInteger b =
        new BigInteger("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b", 16);
    BigInteger x = BigInteger.ZERO;
    BigInteger y = b.modPow(p.add(BigInteger.ONE).shiftRight(2), p); // p = 3 mod 4
    assertThat(y.modPow(BigInteger.TWO, p)).isEqualTo(b);
    assertThat(Curve.P256.contains(x, y)).isTrue();
    assertThat(Curve.P256.contains(x.add(p), y)).isFalse();
    assertThat(Curve.P256.contains(x, y.add(p))).isFalse();
    refused(
        spki(
            algorithm(Curve.P256),
            Bytes.ofHex("04").concat(TestKeys.fixed(p, 32), TestKeys.fixed(y, 32))));
  }

  @Test
  void aPointOfOneCurveUnderTheNameOfAnotherIsRefused() {
    Bytes p256 = point(TestKeys.P256);
    refused(spki(algorithm(Curve.P384), p256));
    refused(spki(algorithm(Curve.P256), point(TestKeys.P384)));
    // secp256k1, brainpoolP256r1, P-521, SM2, explicit parameters, none
    for (String oid :
        List.of("1.3.132.0.10", "1.3.36.3.3.2.8.1.1.7", "1.3.132.0.35", "1.2.156.10197.1.301")) {
      refused(spki(Der.seq(Der.oid("1.2.840.10045.2.1"), Der.oid(oid)), p256));
    }
    refused(spki(Der.seq(Der.oid("1.2.840.10045.2.1"), Der.seq(Der.integer(1))), p256));
    refused(spki(Der.seq(Der.oid("1.2.840.10045.2.1")), p256));
    refused(spki(Der.seq(Der.oid("1.2.840.10045.2.1"), Der.tlv(0x05)), p256));
    refused(spki(Der.seq(Der.oid("1.3.132.1.12"), Der.oid(Curve.P256.oid())), p256)); // id-ecDH
  }

  @Test
  void otherKindsOfKeysAreRefused() {
    refused(spki(Der.seq(Der.oid("1.3.101.112")), Bytes.zeros(32))); // Ed25519
    refused(spki(Der.seq(Der.oid("1.2.840.10040.4.1"), Der.tlv(0x05)), Der.integer(5))); // DSA
  }

  @Test
  void everyTruncationAndEveryExtensionIsRefused() {
    for (KeyPair pair : List.of(TestKeys.RSA, TestKeys.P256, TestKeys.P384)) {
      Bytes der = TestKeys.spki(pair);
      for (int size = 0; size < der.size(); size++) {
        refused(der.slice(0, size));
      }
      refused(der.concat(Bytes.zeros(1)));
      refused(der.concat(der));
      refused(Bytes.zeros(1).concat(der));
    }
  }

  @Test
  void noFlippedBitOutsideTheKeyItselfIsAccepted() {
    for (KeyPair pair : List.of(TestKeys.RSA, TestKeys.P256, TestKeys.P384)) {
      Bytes der = TestKeys.spki(pair);
      for (int bit = 0; bit < 8 * der.size(); bit++) {
        byte[] forged = der.toArray();
        forged[bit / 8] ^= (byte) (1 << bit % 8);
        try {
          // Inside an RSA modulus a flip gives another modulus; a point leaves its curve.
          assertThat(PublicKeyInfo.parse(Bytes.of(forged)))
              .isInstanceOfSatisfying(
                  PublicKeyInfo.Rsa.class,
                  rsa -> assertThat(rsa.modulus().xor(MODULUS).bitCount()).isEqualTo(1));
        } catch (MalformedException e) {
          assertThat(e).isNotNull();
        }
      }
    }
  }

  @Test
  void partsThatContradictEachOtherMakeNoKey() {
    PublicKeyInfo.Rsa rsa = (PublicKeyInfo.Rsa) TestKeys.info(TestKeys.RSA);
    PublicKeyInfo.Rsa otherRsa = (PublicKeyInfo.Rsa) TestKeys.info(TestKeys.OTHER_RSA);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PublicKeyInfo.Rsa(rsa.der(), otherRsa.modulus()));
    PublicKeyInfo.Ec ec = (PublicKeyInfo.Ec) TestKeys.info(TestKeys.P256);
    PublicKeyInfo.Ec otherEc = (PublicKeyInfo.Ec) TestKeys.info(TestKeys.OTHER_P256);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PublicKeyInfo.Ec(ec.der(), Curve.P256, otherEc.x(), otherEc.y()));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PublicKeyInfo.Ec(ec.der(), Curve.P256, ec.x(), ec.x()));
  }

  @Test
  void coordinatesOfAnotherSizeAreRefused() {
    PublicKeyInfo.Ec ec = (PublicKeyInfo.Ec) TestKeys.info(TestKeys.P256);
    Bytes x = coordinate(Curve.P256, ec.x());
    Bytes y = coordinate(Curve.P256, ec.y());
    for (Bytes bad : List.of(Bytes.empty(), x.slice(1, 32), Bytes.zeros(1).concat(x))) {
      assertThatExceptionOfType(MalformedException.class)
          .isThrownBy(() -> PublicKeyInfo.ec(Curve.P256, bad, y));
      assertThatExceptionOfType(MalformedException.class)
          .isThrownBy(() -> PublicKeyInfo.ec(Curve.P256, x, bad));
    }
  }

  private static Bytes rsa(BigInteger modulus, BigInteger exponent) {
    return spki(RSA_ALGORITHM, Der.seq(Der.integer(modulus), Der.integer(exponent)));
  }

  private static Bytes spki(Bytes algorithm, Bytes key) {
    return Der.seq(algorithm, Der.bits(key));
  }

  private static Bytes algorithm(Curve curve) {
    return Der.seq(Der.oid("1.2.840.10045.2.1"), Der.oid(curve.oid()));
  }

  private static Bytes point(KeyPair pair) {
    PublicKeyInfo.Ec ec = (PublicKeyInfo.Ec) TestKeys.info(pair);
    return Bytes.ofHex("04").concat(coordinate(ec.curve(), ec.x()), coordinate(ec.curve(), ec.y()));
  }

  private static Bytes coordinate(Curve curve, BigInteger value) {
    return TestKeys.fixed(value, curve.fieldBytes());
  }

  private static KeyPair pair(Curve curve) {
    return curve == Curve.P256 ? TestKeys.P256 : TestKeys.P384;
  }

  private static void refused(Bytes der) {
    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> PublicKeyInfo.parse(der));
  }

  @ParameterizedTest
  @ValueSource(ints = {2048, 2049, 2055, 2056, 3072, 4096})
  void theOctetsOfAModulusAreTheNumberWithoutASign(int bits) throws MalformedException {
    BigInteger modulus = BigInteger.TWO.pow(bits - 1).add(BigInteger.TWO.pow(77)).setBit(0);
    PublicKeyInfo.Rsa key = PublicKeyInfo.rsa(modulus);
    assertThat(key.modulusOctets().size()).isEqualTo(key.modulusBytes());
    assertThat(new BigInteger(1, key.modulusOctets().toArray())).isEqualTo(modulus);
  }
}

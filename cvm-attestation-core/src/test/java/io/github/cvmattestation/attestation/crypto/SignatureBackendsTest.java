package io.github.cvmattestation.attestation.crypto;

import static io.github.cvmattestation.attestation.crypto.Verdicts.BACKENDS;
import static io.github.cvmattestation.attestation.crypto.Verdicts.MESSAGE;
import static io.github.cvmattestation.attestation.crypto.Verdicts.everyVerdict;
import static io.github.cvmattestation.attestation.crypto.Verdicts.prepared;
import static io.github.cvmattestation.attestation.crypto.Verdicts.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import java.security.Provider;
import java.security.Security;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Three backends, one verdict: every assertion here is made of each of them. */
class SignatureBackendsTest {
  @Test
  void correttoLoadsOnLinuxX8664() {
    String machine = System.getProperty("os.name") + " " + System.getProperty("os.arch");
    assumeTrue(
        machine.equals("Linux amd64"),
        "Corretto's library here is for Linux amd64, not " + machine);
    assertThat(SignatureBackends.corretto()).isPresent();
    assertThat(BACKENDS)
        .extracting(SignatureBackend::name)
        .containsExactly("jdk", "bouncycastle", "corretto");
    assertThat(SignatureBackends.fastest().name()).isEqualTo("corretto");
  }

  @Test
  void noProviderIsRegisteredWithTheJvm() {
    List<Provider> before = List.of(Security.getProviders());
    SignatureBackends.fastest().prepare(TestKeys.info(TestKeys.P384));
    SignatureBackends.bouncyCastle().prepare(TestKeys.info(TestKeys.RSA));
    assertThat(Security.getProviders()).containsExactlyElementsOf(before);
    assertThat(Security.getProvider("BC")).isNull();
    assertThat(Security.getProvider("AmazonCorrettoCryptoProvider")).isNull();
  }

  @ParameterizedTest
  @EnumSource(SignatureScheme.class)
  void aSignatureOfTheJdkHolds(SignatureScheme scheme) {
    for (Bytes message : List.of(MESSAGE, Bytes.empty(), Bytes.zeros(1 << 16))) {
      Bytes signature = TestKeys.sign(scheme, TestKeys.pair(scheme).getPrivate(), message);
      everyVerdict(TestKeys.pair(scheme), scheme, message, signature, true);
    }
  }

  @ParameterizedTest
  @EnumSource(SignatureScheme.class)
  void anotherMessageIsRefused(SignatureScheme scheme) {
    Bytes signature = signed(scheme);
    for (Bytes other :
        List.of(
            Bytes.empty(),
            MESSAGE.concat(Bytes.zeros(1)),
            MESSAGE.slice(0, 14),
            MESSAGE.reversed())) {
      everyVerdict(TestKeys.pair(scheme), scheme, other, signature, false);
    }
  }

  @ParameterizedTest
  @EnumSource(SignatureScheme.class)
  void anotherKeyIsRefused(SignatureScheme scheme) {
    everyVerdict(TestKeys.other(scheme), scheme, MESSAGE, signed(scheme), false);
  }

  @ParameterizedTest
  @EnumSource(SignatureScheme.class)
  void flippingBitsAllOverASignatureIsRefused(SignatureScheme scheme) {
    Bytes signature = signed(scheme);
    List<VerificationKey> keys = prepared(TestKeys.pair(scheme));
    // Steps that 8 does not divide reach every position in an octet, and both halves.
    int step = scheme.kind() == SignatureScheme.Kind.ECDSA ? 5 : 43;
    for (int bit = 0; bit < 8 * signature.size(); bit += step) {
      byte[] forged = signature.toArray();
      forged[bit / 8] ^= (byte) (1 << bit % 8);
      for (VerificationKey key : keys) {
        assertThat(key.verifies(scheme, MESSAGE, Bytes.of(forged)))
            .as("bit %d, %s", bit, key)
            .isFalse();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SignatureScheme.class)
  void aSignatureOfAnotherSizeIsRefused(SignatureScheme scheme) {
    Bytes signature = signed(scheme);
    int size = signature.size();
    for (Bytes other :
        List.of(
            Bytes.empty(),
            Bytes.zeros(1),
            signature.slice(0, size - 1),
            signature.slice(1, size),
            signature.concat(Bytes.zeros(1)),
            Bytes.zeros(1).concat(signature),
            signature.concat(signature),
            Bytes.zeros(size),
            Bytes.zeros(1 << 16))) {
      everyVerdict(TestKeys.pair(scheme), scheme, MESSAGE, other, false);
    }
  }

  @ParameterizedTest
  @MethodSource("misfits")
  void aSchemeThatDoesNotFitTheKeyIsAPlainNo(SignatureScheme signedWith, SignatureScheme asked) {
    everyVerdict(TestKeys.pair(signedWith), asked, MESSAGE, signed(signedWith), false);
    // Nor does a signature that has the size that the asked scheme wants.
    everyVerdict(TestKeys.pair(signedWith), asked, MESSAGE, signed(asked), false);
  }

  static Stream<Arguments> misfits() {
    return Stream.of(SignatureScheme.values())
        .flatMap(
            a ->
                Stream.of(SignatureScheme.values())
                    .filter(b -> a != b)
                    // Two RSA schemes share a key, so there the second assertion would not hold.
                    .filter(b -> TestKeys.pair(a) != TestKeys.pair(b))
                    .map(b -> Arguments.of(a, b)));
  }

  @ParameterizedTest
  @EnumSource(Curve.class)
  void halvesOutOfRangeAreRefused(Curve curve) {
    SignatureScheme scheme = scheme(curve);
    int half = curve.fieldBytes();
    Bytes signature = signed(scheme);
    Bytes r = signature.slice(0, half);
    Bytes s = signature.slice(half, 2 * half);
    BigInteger n = curve.order();
    BigInteger most = BigInteger.ONE.shiftLeft(8 * half).subtract(BigInteger.ONE);
    for (BigInteger bad :
        List.of(
            BigInteger.ZERO,
            n,
            n.add(BigInteger.ONE),
            n.add(new BigInteger(1, s.toArray())).min(most),
            most)) {
      Bytes forged = TestKeys.fixed(bad, half);
      everyVerdict(TestKeys.pair(scheme), scheme, MESSAGE, forged.concat(s), false);
      everyVerdict(TestKeys.pair(scheme), scheme, MESSAGE, r.concat(forged), false);
      everyVerdict(TestKeys.pair(scheme), scheme, MESSAGE, forged.concat(forged), false);
      assertThat(Ecdsa.p1363(curve, forged, s)).isEmpty();
      assertThat(Ecdsa.p1363(curve, r, forged)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Curve.class)
  void smallAndGreatHalvesInRangeAreRefusedWithoutAnException(Curve curve) {
    SignatureScheme scheme = scheme(curve);
    List<BigInteger> edges =
        List.of(
            BigInteger.ONE,
            BigInteger.TWO,
            curve.order().subtract(BigInteger.ONE),
            curve.order().shiftRight(1));
    for (BigInteger r : edges) {
      for (BigInteger s : edges) {
        Bytes forged =
            TestKeys.fixed(r, curve.fieldBytes()).concat(TestKeys.fixed(s, curve.fieldBytes()));
        everyVerdict(TestKeys.pair(scheme), scheme, MESSAGE, forged, false);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Curve.class)
  void theTwinOfASignatureHoldsToo(Curve curve) {
    // (r, n−s) verifies whenever (r, s) does, so a hash of evidence says nothing of replay.
    SignatureScheme scheme = scheme(curve);
    int half = curve.fieldBytes();
    Bytes signature = signed(scheme);
    BigInteger s = new BigInteger(1, signature.slice(half, 2 * half).toArray());
    Bytes twin = signature.slice(0, half).concat(TestKeys.fixed(curve.order().subtract(s), half));
    assertThat(twin).isNotEqualTo(signature);
    everyVerdict(TestKeys.pair(scheme), scheme, MESSAGE, twin, true);
  }

  @ParameterizedTest
  @EnumSource(Curve.class)
  void aDerSignatureIsRefusedWhereRAndSAreAsked(Curve curve) {
    SignatureScheme scheme = scheme(curve);
    everyVerdict(
        TestKeys.pair(scheme),
        scheme,
        MESSAGE,
        Bytes.of(Ecdsa.toDer(curve, signed(scheme))),
        false);
  }

  @Test
  void shortHalvesArePaddedAndLeadingZerosDropped() {
    Bytes one = Bytes.ofHex("01");
    Bytes padded = Bytes.zeros(31).concat(one);
    assertThat(Ecdsa.p1363(Curve.P256, one, Bytes.zeros(40).concat(one)))
        .contains(padded.concat(padded));
    assertThat(Ecdsa.p1363(Curve.P256, Bytes.empty(), one)).isEmpty();
    assertThat(Ecdsa.p1363(Curve.P256, Bytes.ofHex("01").concat(Bytes.zeros(32)), one)).isEmpty();
  }

  @Test
  void signaturesWithManyLeadingZerosKeepTheirVerdict() {
    // A half that begins with zeros is where DER and fixed-width encodings part: sign until one
    // comes.
    for (Curve curve : Curve.values()) {
      SignatureScheme scheme = scheme(curve);
      boolean found = false;
      for (int i = 0; i < 2000 && !found; i++) {
        Bytes message = Bytes.ofHex("%08x".formatted(i));
        Bytes signature = TestKeys.sign(scheme, TestKeys.pair(scheme).getPrivate(), message);
        found = signature.get(0) == 0 || signature.get(curve.fieldBytes()) == 0;
        if (found) {
          everyVerdict(TestKeys.pair(scheme), scheme, message, signature, true);
        }
      }
      assertThat(found).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(SignatureScheme.class)
  void aKeptKeyGivesTheSameVerdictToManyThreads(SignatureScheme scheme) {
    Bytes signature = signed(scheme);
    for (VerificationKey key : prepared(TestKeys.pair(scheme))) {
      long held =
          IntStream.range(0, 64)
              .parallel()
              .filter(
                  i -> key.verifies(scheme, i % 2 == 0 ? MESSAGE : MESSAGE.reversed(), signature))
              .filter(i -> i % 2 == 0)
              .count();
      assertThat(held).isEqualTo(32);
    }
  }

  @Test
  void aPreparedKeySaysWhatItWasMadeFrom() {
    for (VerificationKey key : prepared(TestKeys.P384)) {
      assertThat(key.info()).isEqualTo(TestKeys.info(TestKeys.P384));
    }
  }

  private static SignatureScheme scheme(Curve curve) {
    return curve == Curve.P256
        ? SignatureScheme.ECDSA_P256_SHA256
        : SignatureScheme.ECDSA_P384_SHA384;
  }
}

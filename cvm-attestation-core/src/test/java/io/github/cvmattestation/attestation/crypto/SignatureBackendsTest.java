package io.github.cvmattestation.attestation.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.internal.Digests;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.Provider;
import java.security.Security;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Three backends, one verdict: every assertion here is made of each of them. */
class SignatureBackendsTest {
  private static final Bytes MESSAGE = Bytes.of("what was signed".getBytes(StandardCharsets.UTF_8));
  private static final List<SignatureBackend> BACKENDS = TestKeys.backends();

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

  @Test
  void oneRsaSchemeIsNeverTakenForAnother() {
    List<SignatureScheme> schemes =
        Stream.of(SignatureScheme.values())
            .filter(s -> s.kind() != SignatureScheme.Kind.ECDSA)
            .toList();
    for (SignatureScheme signedWith : schemes) {
      Bytes signature = signed(signedWith);
      for (SignatureScheme asked : schemes) {
        everyVerdict(TestKeys.RSA, asked, MESSAGE, signature, asked == signedWith);
      }
    }
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

  @Test
  void pssWithOtherParametersIsRefused() {
    SignatureScheme asked = SignatureScheme.RSAPSS_SHA384;
    everyVerdict(
        TestKeys.RSA,
        asked,
        MESSAGE,
        TestKeys.pss("SHA-384", "SHA-384", 48, TestKeys.RSA.getPrivate(), MESSAGE),
        true);
    for (Bytes other :
        List.of(
            TestKeys.pss("SHA-384", "SHA-384", 0, TestKeys.RSA.getPrivate(), MESSAGE),
            TestKeys.pss("SHA-384", "SHA-384", 20, TestKeys.RSA.getPrivate(), MESSAGE),
            TestKeys.pss("SHA-384", "SHA-384", 47, TestKeys.RSA.getPrivate(), MESSAGE),
            TestKeys.pss("SHA-384", "SHA-384", 49, TestKeys.RSA.getPrivate(), MESSAGE),
            TestKeys.pss("SHA-384", "SHA-1", 48, TestKeys.RSA.getPrivate(), MESSAGE),
            TestKeys.pss("SHA-384", "SHA-256", 48, TestKeys.RSA.getPrivate(), MESSAGE),
            TestKeys.pss("SHA-256", "SHA-384", 48, TestKeys.RSA.getPrivate(), MESSAGE),
            TestKeys.pss("SHA-256", "SHA-256", 32, TestKeys.RSA.getPrivate(), MESSAGE))) {
      everyVerdict(TestKeys.RSA, asked, MESSAGE, other, false);
    }
  }

  @ParameterizedTest
  @EnumSource(value = SignatureScheme.class, names = "RSA.*", mode = EnumSource.Mode.MATCH_ALL)
  void aRepresentativeOfTheModulusOrMoreIsRefused(SignatureScheme scheme) {
    BigInteger n = ((RSAPublicKey) TestKeys.RSA.getPublic()).getModulus();
    BigInteger most = BigInteger.ONE.shiftLeft(2048).subtract(BigInteger.ONE);
    for (BigInteger s :
        List.of(
            BigInteger.ZERO,
            BigInteger.ONE,
            n.subtract(BigInteger.ONE),
            n,
            n.add(BigInteger.ONE),
            most)) {
      everyVerdict(TestKeys.RSA, scheme, MESSAGE, TestKeys.fixed(s, 256), false);
    }
    // s + n is congruent to s: sign until it fits (RFC 8017, section 5.2.2, step 1 forbids it).
    boolean found = false;
    for (int i = 0; i < 500 && !found; i++) {
      Bytes message = Bytes.ofHex("%08x".formatted(i));
      Bytes signature = TestKeys.sign(scheme, TestKeys.RSA.getPrivate(), message);
      BigInteger twin = new BigInteger(1, signature.toArray()).add(n);
      found = twin.bitLength() <= 2048;
      if (found) {
        everyVerdict(TestKeys.RSA, scheme, message, signature, true);
        everyVerdict(TestKeys.RSA, scheme, message, TestKeys.fixed(twin, 256), false);
      }
    }
    assertThat(found).isTrue();
  }

  @ParameterizedTest
  @MethodSource("forgedEncodings")
  void anyOtherPkcs1EncodingOfTheDigestIsRefused(String why, Bytes encoded) {
    everyVerdict(
        TestKeys.RSA,
        SignatureScheme.RSASSA_SHA256,
        MESSAGE,
        TestKeys.rawRsa(TestKeys.RSA, encoded),
        false);
  }

  @Test
  void theOnePkcs1EncodingHolds() {
    Bytes digestInfo =
        Bytes.ofHex("3031300d060960864801650304020105000420").concat(Digests.sha256(MESSAGE));
    Bytes signature =
        TestKeys.rawRsa(TestKeys.RSA, padded(1, 0xFF, 256 - 3 - digestInfo.size(), digestInfo));
    everyVerdict(TestKeys.RSA, SignatureScheme.RSASSA_SHA256, MESSAGE, signature, true);
  }

  static Stream<Arguments> forgedEncodings() {
    Bytes digest = Digests.sha256(MESSAGE);
    Bytes good = Bytes.ofHex("3031300d060960864801650304020105000420").concat(digest);
    Bytes withoutNull = Bytes.ofHex("302f300b06096086480165030402010420").concat(digest);
    Bytes longLength = Bytes.ofHex("308131300d060960864801650304020105000420").concat(digest);
    Bytes berNull = Bytes.ofHex("3032300e06096086480165030402010581000420").concat(digest);
    Bytes otherParameters =
        Bytes.ofHex("3033300f060960864801650304020102020100").concat(Bytes.ofHex("0420"), digest);
    Bytes trailing =
        Bytes.ofHex("3033300d060960864801650304020105000420").concat(digest, Bytes.ofHex("0500"));
    Bytes sha1Oid = Bytes.ofHex("3029300906052b0e03021a05000420").concat(digest);
    return Stream.of(
        arguments("no NULL", full(withoutNull)),
        arguments("length in long form", full(longLength)),
        arguments("NULL with a BER length", full(berNull)),
        arguments("parameters other than NULL", full(otherParameters)),
        arguments("bytes inside DigestInfo behind the digest", full(trailing)),
        arguments("another digest's name", full(sha1Oid)),
        arguments("the bare digest", full(digest)),
        arguments("block type 0", padded(0, 0x00, 256 - 3 - good.size(), good)),
        arguments("block type 2", padded(2, 0xAA, 256 - 3 - good.size(), good)),
        arguments(
            "garbage behind (Bleichenbacher 2006)",
            padded(1, 0xFF, 8, good, Bytes.zeros(256 - 3 - 8 - good.size()))),
        arguments("one octet of filler is not FF", oneOff(good)),
        arguments("no zero before DigestInfo", noSeparator(good)));
  }

  @ParameterizedTest
  @ValueSource(ints = {2049, 2055, 2056, 3072})
  void modulusSizesThatAreNoPowerOfTwoAgree(int bits) {
    KeyPair pair = TestKeys.rsa(bits);
    for (SignatureScheme scheme :
        List.of(SignatureScheme.RSASSA_SHA256, SignatureScheme.RSAPSS_SHA384)) {
      Bytes signature = TestKeys.sign(scheme, pair.getPrivate(), MESSAGE);
      everyVerdict(pair, scheme, MESSAGE, signature, true);
      everyVerdict(pair, scheme, MESSAGE, Bytes.zeros(1).concat(signature), false);
      everyVerdict(pair, scheme, MESSAGE, signature.slice(1, signature.size()), false);
      everyVerdict(pair, scheme, MESSAGE.reversed(), signature, false);
    }
  }

  @Test
  void aModulusThatNobodyCanUseIsPreparedAndVerifiesNothing() throws Exception {
    BigInteger prime = BigInteger.ONE.shiftLeft(2047).nextProbablePrime();
    BigInteger three = BigInteger.valueOf(3);
    BigInteger odd = BigInteger.ONE.shiftLeft(2047).add(BigInteger.ONE);
    BigInteger divisible =
        odd.add(three.subtract(odd.mod(three)).mod(three).multiply(BigInteger.valueOf(4)));
    BigInteger square = BigInteger.ONE.shiftLeft(1024).subtract(BigInteger.ONE).pow(2);
    BigInteger greatest = BigInteger.ONE.shiftLeft(8192).subtract(BigInteger.ONE);
    assertThat(divisible.mod(three).signum()).isZero();
    for (BigInteger modulus : List.of(prime, divisible, square, greatest)) {
      PublicKeyInfo.Rsa info = PublicKeyInfo.rsa(modulus);
      for (SignatureBackend backend : BACKENDS) {
        VerificationKey key = backend.prepare(info);
        for (SignatureScheme scheme : SignatureScheme.values()) {
          Bytes zeros = Bytes.zeros(info.modulusBytes());
          assertThat(key.verifies(scheme, MESSAGE, zeros)).as("%s %s", backend, scheme).isFalse();
        }
      }
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

  private static void everyVerdict(
      KeyPair pair, SignatureScheme scheme, Bytes message, Bytes signature, boolean expected) {
    for (SignatureBackend backend : BACKENDS) {
      assertThat(backend.prepare(TestKeys.info(pair)).verifies(scheme, message, signature))
          .as("%s %s", backend.name(), scheme)
          .isEqualTo(expected);
    }
  }

  private static List<VerificationKey> prepared(KeyPair pair) {
    return BACKENDS.stream().map(backend -> backend.prepare(TestKeys.info(pair))).toList();
  }

  private static Bytes signed(SignatureScheme scheme) {
    return TestKeys.sign(scheme, TestKeys.pair(scheme).getPrivate(), MESSAGE);
  }

  private static SignatureScheme scheme(Curve curve) {
    return curve == Curve.P256
        ? SignatureScheme.ECDSA_P256_SHA256
        : SignatureScheme.ECDSA_P384_SHA384;
  }

  private static Arguments arguments(String why, Bytes encoded) {
    assertThat(encoded.size()).isEqualTo(256);
    return Arguments.of(why, encoded);
  }

  private static Bytes full(Bytes digestInfo) {
    return padded(1, 0xFF, 256 - 3 - digestInfo.size(), digestInfo);
  }

  private static Bytes padded(int type, int filler, int count, Bytes... tail) {
    return Bytes.of((byte) 0, (byte) type)
        .concat(Bytes.ofHex("%02x".formatted(filler).repeat(count)), Bytes.zeros(1))
        .concat(tail);
  }

  private static Bytes oneOff(Bytes digestInfo) {
    byte[] encoded = full(digestInfo).toArray();
    encoded[100] = (byte) 0xFE;
    return Bytes.of(encoded);
  }

  private static Bytes noSeparator(Bytes digestInfo) {
    byte[] encoded = full(digestInfo).toArray();
    encoded[256 - digestInfo.size() - 1] = (byte) 0xFF;
    return Bytes.of(encoded);
  }
}

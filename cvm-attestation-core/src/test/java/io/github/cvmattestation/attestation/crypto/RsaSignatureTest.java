package io.github.cvmattestation.attestation.crypto;

import static io.github.cvmattestation.attestation.crypto.Verdicts.BACKENDS;
import static io.github.cvmattestation.attestation.crypto.Verdicts.MESSAGE;
import static io.github.cvmattestation.attestation.crypto.Verdicts.everyLongestSalt;
import static io.github.cvmattestation.attestation.crypto.Verdicts.everyVerdict;
import static io.github.cvmattestation.attestation.crypto.Verdicts.signed;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.internal.Digests;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RSA: one encoding for each scheme, whatever a provider would also accept. */
class RsaSignatureTest {
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

  /** What old TPMs sign: a salt of emLen - hLen - 2 bytes, and only where it is asked for. */
  @ParameterizedTest
  @ValueSource(ints = {2048, 2049, 3072})
  void theLongestPssSaltHoldsWhereItIsAskedForAndNoOtherDoes(int bits) {
    KeyPair pair = TestKeys.rsa(bits);
    SignatureScheme asked = SignatureScheme.RSAPSS_SHA384;
    int longest = (bits - 1 + 7) / 8 - 48 - 2;
    for (int salt : new int[] {0, 47, 48, 49, longest - 1, longest}) {
      Bytes signature = TestKeys.pss("SHA-384", "SHA-384", salt, pair.getPrivate(), MESSAGE);
      everyVerdict(pair, asked, MESSAGE, signature, salt == 48);
      everyLongestSalt(pair, asked, MESSAGE, signature, salt == longest);
      everyLongestSalt(pair, asked, MESSAGE.reversed(), signature, false);
      everyLongestSalt(pair, asked, MESSAGE, Bytes.zeros(1).concat(signature), false);
      everyLongestSalt(pair, SignatureScheme.RSAPSS_SHA256, MESSAGE, signature, false);
      everyLongestSalt(pair, SignatureScheme.RSASSA_SHA384, MESSAGE, signature, false);
      everyLongestSalt(pair, SignatureScheme.ECDSA_P384_SHA384, MESSAGE, signature, false);
    }
    Bytes pkcs1 = TestKeys.sign(SignatureScheme.RSASSA_SHA384, pair.getPrivate(), MESSAGE);
    everyLongestSalt(pair, SignatureScheme.RSASSA_SHA384, MESSAGE, pkcs1, false);
    Bytes otherMask = TestKeys.pss("SHA-384", "SHA-256", longest, pair.getPrivate(), MESSAGE);
    everyLongestSalt(pair, asked, MESSAGE, otherMask, false);
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

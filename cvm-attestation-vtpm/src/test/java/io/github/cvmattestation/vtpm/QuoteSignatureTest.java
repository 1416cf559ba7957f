package io.github.cvmattestation.vtpm;

import static io.github.cvmattestation.vtpm.Fixtures.NONCE;
import static io.github.cvmattestation.vtpm.Fixtures.assertRefuted;
import static io.github.cvmattestation.vtpm.Fixtures.bank;
import static io.github.cvmattestation.vtpm.Fixtures.proven;
import static io.github.cvmattestation.vtpm.Fixtures.upTo;
import static io.github.cvmattestation.vtpm.Fixtures.verify;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Signatures and their schemes. */
class QuoteSignatureTest {
  private static final TestAk RSA = TestAk.rsa(SignatureScheme.RSASSA_SHA256);

  /** Made once: a large key takes longer than all that is done with it. */
  private static final List<TestAk> OF_ODD_SIZES =
      Stream.of(2049, 2050, 2056, 3072)
          .map(bits -> TestAk.rsa(bits, SignatureScheme.RSAPSS_SHA256))
          .toList();

  private static final TestAk P256 = TestAk.ec(SignatureScheme.ECDSA_P256_SHA256);
  private static final TestAk P384 = TestAk.ec(SignatureScheme.ECDSA_P384_SHA384);
  private static final PcrBank BANK = bank(HashAlgorithm.SHA256, upTo(8));

  static Stream<SignatureBackend> backends() {
    return Fixtures.backends();
  }

  static Stream<Arguments> schemesOnBackends() {
    return Stream.of(SignatureScheme.values())
        .flatMap(scheme -> backends().map(backend -> Arguments.of(scheme, backend)));
  }

  private static TestAk ak(SignatureScheme scheme) {
    return switch (scheme) {
      case ECDSA_P256_SHA256 -> P256;
      case ECDSA_P384_SHA384 -> P384;
      default -> RSA.as(scheme);
    };
  }

  private static Bytes attest(SignatureScheme scheme) {
    return AttestWriter.quoting(BANK).extraData(NONCE.value()).digest(scheme.digest()).write();
  }

  private static Verification verdict(Bytes attest, Bytes tpmtSignature, AttestationKey key) {
    return verify(TpmQuote.withTpmtSignature(attest, tpmtSignature, List.of(BANK)), key);
  }

  @ParameterizedTest(name = "{0} by {1}")
  @MethodSource("schemesOnBackends")
  void everySchemeIsVerified(SignatureScheme scheme, SignatureBackend backend) {
    TestAk ak = ak(scheme);
    Bytes attest = attest(scheme);

    proven(verify(ak.quote(attest, BANK), ak.key(backend)));
    if (scheme.kind() != SignatureScheme.Kind.ECDSA) {
      TpmQuote bare = TpmQuote.withBareRsa(attest, ak.sign(attest), List.of(BANK));
      proven(verify(bare, ak.key(backend)));
    }
  }

  /** pcrDigest is made with the hash of the signing scheme, not with that of the bank. */
  @ParameterizedTest
  @EnumSource(SignatureScheme.class)
  void aPcrDigestOfAnotherHashThanTheSchemesIsRefuted(SignatureScheme scheme) {
    String other = scheme.digest().equals("SHA-256") ? "SHA-384" : "SHA-256";
    Bytes attest = AttestWriter.quoting(BANK).extraData(NONCE.value()).digest(other).write();

    assertRefuted(
        verify(ak(scheme).quote(attest, BANK), ak(scheme).key(Fixtures.quick())),
        TpmFinding.PCR_DIGEST);
  }

  @ParameterizedTest(name = "{0} by {1}")
  @MethodSource("schemesOnBackends")
  void flippingAnyByteOfTheSignatureIsRefuted(SignatureScheme scheme, SignatureBackend backend) {
    TestAk ak = ak(scheme);
    Bytes attest = attest(scheme);
    Bytes signature = ak.sign(attest);
    AttestationKey key = ak.key(backend);
    for (int at = 0; at < signature.size(); at++) {
      Bytes forged = Fixtures.flipped(signature, 8 * at + at % 8);
      assertRefuted(verdict(attest, ak.tpmt(forged), key), TpmFinding.TPM_SIGNATURE);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void q3AReversedSignatureIsRefuted(SignatureBackend backend) {
    Bytes attest = attest(RSA.scheme());
    Bytes reversed = RSA.sign(attest).reversed();

    assertRefuted(verdict(attest, RSA.tpmt(reversed), RSA.key(backend)), TpmFinding.TPM_SIGNATURE);
    assertRefuted(
        verify(TpmQuote.withBareRsa(attest, reversed, List.of(BANK)), RSA.key(backend)),
        TpmFinding.TPM_SIGNATURE);
  }

  /** Q10. The key says how it signs; a signature cannot talk the verifier into anything else. */
  @ParameterizedTest(name = "{0} by {1}")
  @MethodSource("schemesOnBackends")
  void aSignatureOfAnotherSchemeThanTheKeysIsRefuted(
      SignatureScheme scheme, SignatureBackend backend) {
    for (SignatureScheme other : SignatureScheme.values()) {
      if (other != scheme) {
        Bytes attest = attest(other);
        TpmQuote quote = ak(other).quote(attest, BANK);
        assertRefuted(verify(quote, ak(scheme).key(backend)), TpmFinding.TPM_SCHEME);
      }
    }
  }

  /** Bare bytes name no scheme: they are taken for the key's own, and do not hold under it. */
  @ParameterizedTest
  @MethodSource("backends")
  void aBareSignatureOfAnotherSchemeIsRefuted(SignatureBackend backend) {
    TestAk pss = RSA.as(SignatureScheme.RSAPSS_SHA256);
    Bytes attest = attest(RSA.scheme());
    TpmQuote quote = TpmQuote.withBareRsa(attest, pss.sign(attest), List.of(BANK));

    assertRefuted(verify(quote, RSA.key(backend)), TpmFinding.TPM_SIGNATURE);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aBareSignatureForAnEllipticCurveKeyIsRefuted(SignatureBackend backend) {
    Bytes attest = attest(P256.scheme());
    TpmQuote quote = TpmQuote.withBareRsa(attest, P256.sign(attest), List.of(BANK));

    assertRefuted(verify(quote, P256.key(backend)), TpmFinding.TPM_SCHEME);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aSha1SignatureIsRefused(SignatureBackend backend) {
    Bytes attest = attest(RSA.scheme());
    for (int algorithm : new int[] {0x14, 0x16}) {
      Bytes sha1 = new Octets().u16(algorithm).u16(0x0004).sized(RSA.sign(attest)).toBytes();
      assertRefuted(verdict(attest, sha1, RSA.key(backend)), TpmFinding.TPM_WEAK);
    }
    Bytes ecdsa =
        new Octets()
            .u16(0x18)
            .u16(0x0004)
            .sized(Bytes.of((byte) 1))
            .sized(Bytes.of((byte) 1))
            .toBytes();
    assertRefuted(verdict(attest, ecdsa, P256.key(backend)), TpmFinding.TPM_WEAK);
  }

  /**
   * Q11: 256 bytes less the hash and two are the longest salt. Old TPMs take it; the rest is
   * nobody's.
   */
  @ParameterizedTest
  @MethodSource("backends")
  void q11APssSaltIsAsLongAsTheHashOrTheLongestThatFits(SignatureBackend backend) {
    for (SignatureScheme scheme : SignatureScheme.values()) {
      if (scheme.kind() == SignatureScheme.Kind.RSAPSS) {
        TestAk pss = RSA.as(scheme);
        Bytes attest = attest(scheme);
        AttestationKey key = pss.key(backend);
        int hash = scheme.saltBytes();
        int longest = 256 - hash - 2;
        for (int salt : new int[] {hash, longest}) {
          proven(verdict(attest, pss.tpmt(pss.sign(attest, salt)), key));
          Bytes bare = pss.sign(attest, salt);
          proven(verify(TpmQuote.withBareRsa(attest, bare, List.of(BANK)), key));
        }
        for (int salt : new int[] {0, 1, 20, hash - 1, hash + 1, 100, longest - 1}) {
          Bytes other = pss.tpmt(pss.sign(attest, salt));
          assertRefuted(verdict(attest, other, key), TpmFinding.TPM_SIGNATURE);
        }
      }
    }
  }

  /** Q11 with a modulus one bit longer than a number of bytes: the encoded message is shorter. */
  @ParameterizedTest
  @MethodSource("backends")
  void q11TheLongestSaltFollowsFromTheModulusInBits(SignatureBackend backend) {
    for (TestAk pss : OF_ODD_SIZES) {
      int bits = pss.bits();
      Bytes attest = attest(pss.scheme());
      int longest = (bits - 1 + 7) / 8 - 32 - 2;
      AttestationKey key = pss.key(backend);

      proven(verdict(attest, pss.tpmt(pss.sign(attest, longest)), key));
      assertRefuted(
          verdict(attest, pss.tpmt(pss.sign(attest, longest - 1)), key), TpmFinding.TPM_SIGNATURE);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void q11FlippingAnyByteOfALongestSaltSignatureIsRefuted(SignatureBackend backend) {
    TestAk pss = RSA.as(SignatureScheme.RSAPSS_SHA256);
    Bytes attest = attest(pss.scheme());
    Bytes signature = pss.sign(attest, 222);
    AttestationKey key = pss.key(backend);
    for (int at = 0; at < signature.size(); at++) {
      Bytes forged = Fixtures.flipped(signature, 8 * at + at % 8);
      assertRefuted(verdict(attest, pss.tpmt(forged), key), TpmFinding.TPM_SIGNATURE);
    }
    assertRefuted(verdict(attest.reversed(), pss.tpmt(signature), key), TpmFinding.TPM_SIGNATURE);
  }

  /** The usual salt costs one signature; what holds with neither costs two. */
  @ParameterizedTest
  @MethodSource("backends")
  void q11OnlyAnUnusualSaltCostsASecondSignature(SignatureBackend backend) {
    TestAk pss = RSA.as(SignatureScheme.RSAPSS_SHA256);
    Bytes attest = attest(pss.scheme());
    int[] salts = {32, 222, 0};
    int[] costs = {1, 2, 2};
    for (int i = 0; i < salts.length; i++) {
      CountingBackend counting = new CountingBackend(backend);
      verdict(attest, pss.tpmt(pss.sign(attest, salts[i])), pss.key(counting));
      assertThat(counting.rsa()).isEqualTo(costs[i]);
    }
    CountingBackend counting = new CountingBackend(backend);
    assertRefuted(
        verdict(attest, RSA.tpmt(RSA.sign(attest).reversed()), RSA.key(counting)),
        TpmFinding.TPM_SIGNATURE);
    assertThat(counting.rsa()).isEqualTo(1);
  }

  /** Q12. */
  @ParameterizedTest
  @MethodSource("backends")
  void q12AShortRorSIsPadded(SignatureBackend backend) {
    for (TestAk ak : List.of(P256, P384)) {
      Bytes attest = attest(ak.scheme());
      int half = ak == P256 ? 32 : 48;
      Bytes signature = ak.sign(attest);
      while (signature.get(0) != 0 && signature.get(half) != 0) {
        signature = ak.sign(attest);
      }
      Bytes shortened =
          tpmt(ak, stripped(signature.slice(0, half)), stripped(signature.slice(half, 2 * half)));

      assertThat(shortened.size()).isLessThan(ak.tpmt(signature).size());
      proven(verdict(attest, shortened, ak.key(backend)));
      proven(verdict(attest, ak.tpmt(signature), ak.key(backend)));
    }
  }

  /** CVE-2022-21449: zero was a signature of everything. */
  @ParameterizedTest
  @MethodSource("backends")
  void rAndSOutOfRangeAreRefuted(SignatureBackend backend) {
    for (TestAk ak : List.of(P256, P384)) {
      Curve curve = ak == P256 ? Curve.P256 : Curve.P384;
      Bytes attest = attest(ak.scheme());
      Bytes signature = ak.sign(attest);
      Bytes r = signature.slice(0, curve.fieldBytes());
      Bytes s = signature.slice(curve.fieldBytes(), 2 * curve.fieldBytes());
      Bytes order = Bytes.of(curve.order().toByteArray());
      Bytes n = order.slice(order.size() - curve.fieldBytes(), order.size());
      AttestationKey key = ak.key(backend);
      for (Bytes bad : List.of(Bytes.empty(), Bytes.zeros(1), Bytes.zeros(curve.fieldBytes()), n)) {
        assertRefuted(verdict(attest, tpmt(ak, bad, s), key), TpmFinding.TPM_SIGNATURE);
        assertRefuted(verdict(attest, tpmt(ak, r, bad), key), TpmFinding.TPM_SIGNATURE);
        assertRefuted(verdict(attest, tpmt(ak, bad, bad), key), TpmFinding.TPM_SIGNATURE);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void rOrSLongerThanTheOrderIsRefuted(SignatureBackend backend) {
    Bytes attest = attest(P256.scheme());
    Bytes signature = P256.sign(attest);
    Bytes r = signature.slice(0, 32);
    Bytes s = signature.slice(32, 64);
    AttestationKey key = P256.key(backend);

    assertRefuted(
        verdict(attest, tpmt(P256, Bytes.zeros(1).concat(r), s), key), TpmFinding.TPM_SIGNATURE);
    assertRefuted(
        verdict(attest, tpmt(P256, r, Bytes.zeros(1).concat(s)), key), TpmFinding.TPM_SIGNATURE);
  }

  /** Case 42, the part that is parsing: a size that promises more than there is. */
  @Test
  void aSizeBeyondTheEndIsRefuted() {
    Bytes attest = attest(RSA.scheme());
    Bytes tpmt = RSA.tpmtSignature(attest);
    for (int size : new int[] {257, 1024, 1025, 0xFFFF}) {
      Bytes lying = new Octets().u16(0x14).u16(0x0B).u16(size).raw(RSA.sign(attest)).toBytes();
      assertRefuted(verdict(attest, lying, RSA.key(Fixtures.quick())), TpmFinding.TPM_MALFORMED);
    }
    assertRefuted(
        verdict(attest, tpmt.concat(Bytes.zeros(1)), RSA.key(Fixtures.quick())),
        TpmFinding.TPM_MALFORMED);
  }

  @Test
  void everyTruncationAndExtensionOfAnEcdsaSignatureIsRefuted() {
    Bytes attest = attest(P384.scheme());
    AttestationKey key = P384.key(Fixtures.quick());
    for (Bytes resized : RealQuoteTest.resized(P384.tpmtSignature(attest))) {
      assertRefuted(verdict(attest, resized, key), TpmFinding.TPM_MALFORMED);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aQuoteCostsOneSignature(SignatureBackend backend) {
    CountingBackend rsa = new CountingBackend(backend);
    proven(verify(RSA.quote(attest(RSA.scheme()), BANK), RSA.key(rsa)));
    assertThat(rsa.rsa()).isEqualTo(1);
    assertThat(rsa.ecdsa()).isZero();

    CountingBackend ec = new CountingBackend(backend);
    proven(verify(P256.quote(attest(P256.scheme()), BANK), P256.key(ec)));
    assertThat(ec.rsa()).isZero();
    assertThat(ec.ecdsa()).isEqualTo(1);
  }

  @Test
  void aWrongSchemeCostsNoSignature() {
    CountingBackend counting = new CountingBackend(Fixtures.quick());
    TestAk pss = RSA.as(SignatureScheme.RSAPSS_SHA256);

    assertRefuted(
        verify(pss.quote(attest(RSA.scheme()), BANK), RSA.key(counting)), TpmFinding.TPM_SCHEME);
    assertThat(counting.rsa()).isZero();
  }

  private static Bytes tpmt(TestAk ak, Bytes r, Bytes s) {
    int hash = ak == P256 ? 0x0B : 0x0C;
    return new Octets().u16(0x18).u16(hash).sized(r).sized(s).toBytes();
  }

  private static Bytes stripped(Bytes number) {
    int zeros = 0;
    while (number.get(zeros) == 0) {
      zeros++;
    }
    return number.slice(zeros, number.size());
  }
}

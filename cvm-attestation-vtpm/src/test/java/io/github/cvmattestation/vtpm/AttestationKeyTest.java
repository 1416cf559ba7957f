package io.github.cvmattestation.vtpm;

import static io.github.cvmattestation.vtpm.Fixtures.NONCE;
import static io.github.cvmattestation.vtpm.Fixtures.bank;
import static io.github.cvmattestation.vtpm.Fixtures.proven;
import static io.github.cvmattestation.vtpm.Fixtures.quick;
import static io.github.cvmattestation.vtpm.Fixtures.verify;
import static io.github.cvmattestation.vtpm.PublicAreas.AK_ATTRIBUTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import java.math.BigInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys a quote may be verified with. */
class AttestationKeyTest {
  private static final Bytes F4 = Bytes.ofHex("010001");
  private static final TestAk RSA = TestAk.rsa(SignatureScheme.RSASSA_SHA256);
  private static final TestAk P256 = TestAk.ec(SignatureScheme.ECDSA_P256_SHA256);
  private static final TestAk P384 = TestAk.ec(SignatureScheme.ECDSA_P384_SHA384);

  static Stream<SignatureBackend> backends() {
    return Fixtures.backends();
  }

  private static void assertUnfit(ThrowingCallable made, TpmFinding code) {
    UnfitKeyException refused = catchThrowableOfType(UnfitKeyException.class, made);
    assertThat(refused).isNotNull();
    assertThat(refused.finding().code()).isEqualTo(code);
  }

  private static AttestationKey ofRsa(Bytes modulus, Bytes exponent) throws UnfitKeyException {
    return AttestationKey.ofRsa(modulus, exponent, SignatureScheme.RSASSA_SHA256, quick());
  }

  private static AttestationKey of(Bytes area) throws UnfitKeyException, MalformedException {
    return AttestationKey.of(TpmtPublic.parse(area), quick());
  }

  @Test
  void anRsaKeyOf1024BitsIsRefused() {
    TestAk weak = TestAk.rsa(1024, SignatureScheme.RSASSA_SHA256);

    assertUnfit(() -> ofRsa(weak.modulus(), F4), TpmFinding.TPM_WEAK);
    assertUnfit(
        () -> of(PublicAreas.rsa(AK_ATTRIBUTES, 0x14, 0x0B, 1024, 0, weak.modulus().slice(1, 129))),
        TpmFinding.TPM_WEAK);
  }

  /** Q14: what a paravisor publishes where somebody set the endorsement hierarchy's password. */
  @Test
  void q14AModulusOfZerosIsRefused() {
    assertUnfit(() -> ofRsa(Bytes.zeros(256), F4), TpmFinding.TPM_WEAK);
    assertUnfit(() -> ofRsa(Bytes.empty(), F4), TpmFinding.TPM_WEAK);
    assertUnfit(
        () -> of(PublicAreas.rsa(AK_ATTRIBUTES, 0x14, 0x0B, 2048, 0, Bytes.zeros(256))),
        TpmFinding.TPM_WEAK);
  }

  @Test
  void anEvenOrShortOrHugeModulusIsRefused() {
    BigInteger one = BigInteger.ONE;
    Bytes even = Bytes.of(one.shiftLeft(2047).toByteArray());
    Bytes oneBitShort = Bytes.of(one.shiftLeft(2047).subtract(one).toByteArray());
    Bytes smallest = Bytes.of(one.shiftLeft(2047).add(one).toByteArray());
    Bytes oneByteMore = Bytes.of((byte) 1).concat(Bytes.zeros(1023), Bytes.of((byte) 1));

    assertUnfit(() -> ofRsa(even, F4), TpmFinding.TPM_WEAK);
    assertUnfit(() -> ofRsa(oneBitShort, F4), TpmFinding.TPM_WEAK);
    assertUnfit(() -> ofRsa(oneByteMore, F4), TpmFinding.TPM_WEAK);
    assertThat(catchThrowableOfType(UnfitKeyException.class, () -> ofRsa(smallest, F4))).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "00", "01", "03", "010003", "010000", "01000001", "0100010000"})
  void anExponentOtherThan65537IsRefused(String exponent) {
    assertUnfit(() -> ofRsa(RSA.modulus(), Bytes.ofHex(exponent)), TpmFinding.TPM_WEAK);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 65536, 65539, 0xFFFFFFFFL})
  void anObjectWithAnotherExponentIsRefused(long exponent) {
    Bytes modulus = RSA.modulus().slice(1, 257);

    assertUnfit(
        () -> of(PublicAreas.rsa(AK_ATTRIBUTES, 0x14, 0x0B, 2048, exponent, modulus)),
        TpmFinding.TPM_WEAK);
  }

  @Test
  void aSchemeForAnotherKindOfKeyIsRefused() throws MalformedException {
    for (TestAk ak : new TestAk[] {RSA, P256, P384}) {
      PublicKeyInfo info = PublicKeyInfo.parse(Bytes.of(ak.pair().getPublic().getEncoded()));
      for (SignatureScheme scheme : SignatureScheme.values()) {
        boolean bothRsa = ak == RSA && scheme.kind() != SignatureScheme.Kind.ECDSA;
        if (scheme != ak.scheme() && !bothRsa) {
          assertUnfit(
              () -> AttestationKey.of(quick().prepare(info), scheme), TpmFinding.TPM_SCHEME);
        }
      }
    }
    assertUnfit(
        () -> AttestationKey.ofRsa(RSA.modulus(), F4, SignatureScheme.ECDSA_P256_SHA256, quick()),
        TpmFinding.TPM_SCHEME);
  }

  /** The template of Azure's attestation key; 0 and 65537 are the same exponent. */
  @ParameterizedTest
  @MethodSource("backends")
  void aRestrictedRsaObjectVerifiesQuotes(SignatureBackend backend)
      throws MalformedException, UnfitKeyException {
    for (long exponent : new long[] {0, 65537}) {
      for (SignatureScheme scheme : SignatureScheme.values()) {
        if (scheme.kind() != SignatureScheme.Kind.ECDSA) {
          int algorithm = scheme.kind() == SignatureScheme.Kind.RSASSA ? 0x14 : 0x16;
          int hash =
              switch (scheme.digest()) {
                case "SHA-256" -> 0x0B;
                case "SHA-384" -> 0x0C;
                default -> 0x0D;
              };
          Bytes area =
              PublicAreas.rsa(
                  AK_ATTRIBUTES, algorithm, hash, 2048, exponent, RSA.modulus().slice(1, 257));
          AttestationKey key = AttestationKey.of(TpmtPublic.parse(area), backend);
          assertThat(key.scheme()).isEqualTo(scheme);
          assertVerifies(RSA.as(scheme), key);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aRestrictedEllipticCurveObjectVerifiesQuotes(SignatureBackend backend)
      throws MalformedException, UnfitKeyException {
    for (TestAk ak : new TestAk[] {P256, P384}) {
      AttestationKey key =
          AttestationKey.of(TpmtPublic.parse(PublicAreas.ecc(ak, AK_ATTRIBUTES)), backend);
      assertThat(key.scheme()).isEqualTo(ak.scheme());
      assertVerifies(ak, key);
    }
  }

  private static void assertVerifies(TestAk ak, AttestationKey key) {
    PcrBank bank = bank(HashAlgorithm.SHA256, 0, 7);
    Bytes attest =
        AttestWriter.quoting(bank).extraData(NONCE.value()).digest(ak.scheme().digest()).write();
    proven(verify(ak.quote(attest, bank), key));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 16, 18})
  void anObjectThatCouldSignAnythingOrLeaveTheTpmIsRefused(int missingBit) {
    long attributes = AK_ATTRIBUTES & ~(1L << missingBit);

    assertUnfit(
        () -> of(PublicAreas.rsa(attributes, 0x14, 0x0B, 2048, 0, RSA.modulus().slice(1, 257))),
        TpmFinding.TPM_KEY);
    assertUnfit(() -> of(PublicAreas.ecc(P256, attributes)), TpmFinding.TPM_KEY);
  }

  @Test
  void anObjectThatAlsoDecryptsIsRefused() {
    assertUnfit(() -> of(PublicAreas.ecc(P256, AK_ATTRIBUTES | 1L << 17)), TpmFinding.TPM_KEY);
  }

  @Test
  void sealedDataIsNoKey() {
    assertUnfit(() -> of(PublicAreas.sealed(AK_ATTRIBUTES)), TpmFinding.TPM_KEY);
  }

  @Test
  void anObjectWithoutASignatureSchemeOfItsOwnIsRefused() {
    Bytes modulus = RSA.modulus().slice(1, 257);
    assertUnfit(
        () -> of(PublicAreas.rsa(AK_ATTRIBUTES, 0x10, 0, 2048, 0, modulus)), TpmFinding.TPM_SCHEME);
    assertUnfit(
        () -> of(PublicAreas.rsa(AK_ATTRIBUTES, 0x15, 0, 2048, 0, modulus)), TpmFinding.TPM_SCHEME);
    assertUnfit(
        () -> of(PublicAreas.rsa(AK_ATTRIBUTES, 0x17, 0x0B, 2048, 0, modulus)),
        TpmFinding.TPM_SCHEME);
    Bytes x = PublicAreas.x(P256);
    Bytes y = PublicAreas.y(P256);
    assertUnfit(() -> of(PublicAreas.ecc(AK_ATTRIBUTES, 0x10, 0, 3, x, y)), TpmFinding.TPM_SCHEME);
    assertUnfit(
        () -> of(PublicAreas.ecc(AK_ATTRIBUTES, 0x19, 0x0B, 3, x, y)), TpmFinding.TPM_SCHEME);
  }

  @Test
  void anObjectThatSignsWithSha1IsRefused() {
    Bytes modulus = RSA.modulus().slice(1, 257);
    assertUnfit(
        () -> of(PublicAreas.rsa(AK_ATTRIBUTES, 0x14, 0x04, 2048, 0, modulus)),
        TpmFinding.TPM_WEAK);
    assertUnfit(
        () -> of(PublicAreas.rsa(AK_ATTRIBUTES, 0x16, 0x04, 2048, 0, modulus)),
        TpmFinding.TPM_WEAK);
    assertUnfit(
        () ->
            of(
                PublicAreas.ecc(
                    AK_ATTRIBUTES, 0x18, 0x04, 3, PublicAreas.x(P256), PublicAreas.y(P256))),
        TpmFinding.TPM_WEAK);
  }

  @Test
  void otherCurvesAndOtherHashesOnACurveAreRefused() {
    Bytes x = PublicAreas.x(P256);
    Bytes y = PublicAreas.y(P256);
    assertUnfit(
        () -> of(PublicAreas.ecc(AK_ATTRIBUTES, 0x18, 0x0C, 3, x, y)), TpmFinding.TPM_SCHEME);
    assertUnfit(
        () ->
            of(
                PublicAreas.ecc(
                    AK_ATTRIBUTES, 0x18, 0x0B, 4, PublicAreas.x(P384), PublicAreas.y(P384))),
        TpmFinding.TPM_SCHEME);
    assertUnfit(
        () -> of(PublicAreas.ecc(AK_ATTRIBUTES, 0x18, 0x0D, 5, x, y)), TpmFinding.TPM_SCHEME);
  }

  @Test
  void aPointOffTheCurveIsRefused() {
    Bytes x = PublicAreas.x(P256);
    Bytes y = PublicAreas.y(P256);
    assertUnfit(() -> of(PublicAreas.ecc(AK_ATTRIBUTES, 0x18, 0x0B, 3, y, x)), TpmFinding.TPM_WEAK);
    assertUnfit(
        () -> of(PublicAreas.ecc(AK_ATTRIBUTES, 0x18, 0x0B, 3, Bytes.empty(), Bytes.empty())),
        TpmFinding.TPM_WEAK);
    assertUnfit(
        () -> of(PublicAreas.ecc(AK_ATTRIBUTES, 0x18, 0x0B, 3, Bytes.zeros(1).concat(x), y)),
        TpmFinding.TPM_WEAK);
  }

  @Test
  void aCoordinateWithoutItsLeadingZeroIsPadded() throws MalformedException, UnfitKeyException {
    TestAk ak = P256;
    while (PublicAreas.x(ak).get(0) != 0) {
      ak = TestAk.ec(SignatureScheme.ECDSA_P256_SHA256);
    }
    Bytes stripped = PublicAreas.x(ak).slice(1, 32);
    Bytes area = PublicAreas.ecc(AK_ATTRIBUTES, 0x18, 0x0B, 3, stripped, PublicAreas.y(ak));

    assertVerifies(ak, of(area));
  }
}

package io.github.cvmattestation.vtpm;

import static io.github.cvmattestation.vtpm.CertifiedKeys.AK;
import static io.github.cvmattestation.vtpm.CertifiedKeys.POLICY;
import static io.github.cvmattestation.vtpm.CertifiedKeys.QUOTED;
import static io.github.cvmattestation.vtpm.CertifiedKeys.REGISTERS;
import static io.github.cvmattestation.vtpm.CertifiedKeys.area;
import static io.github.cvmattestation.vtpm.CertifiedKeys.attest;
import static io.github.cvmattestation.vtpm.CertifiedKeys.certified;
import static io.github.cvmattestation.vtpm.CertifiedKeys.proven;
import static io.github.cvmattestation.vtpm.CertifiedKeys.signed;
import static io.github.cvmattestation.vtpm.CertifiedKeys.verify;
import static io.github.cvmattestation.vtpm.Fixtures.NONCE;
import static io.github.cvmattestation.vtpm.Fixtures.assertRefuted;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Certifications of ephemeral keys: what was signed, by whom, and for which nonce. */
class CertifiedKeyVerifierTest {
  private static final CertifiedKeyVerifier VERIFIER = new CertifiedKeyVerifier();

  static Stream<SignatureBackend> backends() {
    return Fixtures.backends();
  }

  static Stream<Arguments> schemesOnBackends() {
    return Stream.of(SignatureScheme.values())
        .flatMap(scheme -> backends().map(backend -> Arguments.of(scheme, backend)));
  }

  private static Verification signedAs(AttestWriter attest, SignatureBackend backend) {
    return verify(signed(AK, area(), attest.write()), backend);
  }

  private static Verification withoutFreshness(Bytes extraData) {
    CertifiedKey key = signed(AK, area(), attest(area()).extraData(extraData).write());
    return VERIFIER.verifyWithoutFreshness(
        key, AK.key(Fixtures.quick()), CertifiedKeys.quoted(AK), HashAlgorithm.SHA256, REGISTERS);
  }

  private static List<String> checks(Verification verification) {
    return verification.checks().stream().map(Check::id).toList();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aGenuineKeyIsVerifiedByEveryCheckInOrder(SignatureBackend backend) {
    Verification verification = verify(certified(area()), backend);

    assertThat(checks(verification))
        .containsExactly(
            "vtpm.scheme",
            "vtpm.signature",
            "vtpm.magic",
            "vtpm.key-type",
            "vtpm.key-signer",
            "vtpm.key-name",
            "vtpm.key-attributes",
            "vtpm.key-parameters",
            "vtpm.key-policy",
            "vtpm.key-nonce");
    VerifiedKey key = proven(verification);
    assertThat(key.publicArea().raw()).isEqualTo(area());
    assertThat(key.publicKey().modulus()).isEqualTo(new BigInteger(1, KeyArea.MODULUS.toArray()));
    assertThat(key.nonce()).isEqualTo(NONCE.value());
    assertThat(key.policyPcrs()).isEqualTo(POLICY);
  }

  @Test
  void theClaimsAreTheNameTheKeyTheNonceAndTheRegisters() {
    VerifiedKey key = proven(verify(certified(area()), Fixtures.quick()));

    ClaimValue.Builder values = ClaimValue.Group.builder();
    for (Map.Entry<Integer, Bytes> register : POLICY.values().entrySet()) {
      values.put(register.getKey().toString(), register.getValue());
    }
    assertThat(key.id()).isEqualTo("vtpm-key");
    assertThat(key.toGroup())
        .isEqualTo(
            ClaimValue.Group.builder()
                .put("name", KeyArea.name(area()))
                .put("publicKey", key.publicKey().der())
                .put("nonce", NONCE.value())
                .put("policyPcrs", ClaimValue.Group.builder().put("sha256", values.build()).build())
                .build());
  }

  @ParameterizedTest(name = "{0} by {1}")
  @MethodSource("schemesOnBackends")
  void aKeyOfEverySchemeCertifies(SignatureScheme scheme, SignatureBackend backend) {
    TestAk ak = scheme.kind() == SignatureScheme.Kind.ECDSA ? TestAk.ec(scheme) : AK.as(scheme);
    VerifiedPcrs pcrs = CertifiedKeys.quoted(ak);
    CertifiedKey key = signed(ak, area(), attest(area()).write());

    proven(VERIFIER.verify(key, ak.key(backend), pcrs, HashAlgorithm.SHA256, REGISTERS, NONCE));
    if (scheme.kind() != SignatureScheme.Kind.ECDSA) {
      Bytes bare = ak.sign(key.attest());
      proven(
          VERIFIER.verify(
              CertifiedKey.withBareRsa(area(), key.attest(), bare),
              ak.key(backend),
              pcrs,
              HashAlgorithm.SHA256,
              REGISTERS,
              NONCE));
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void flippingAnyBitIsRefuted(SignatureBackend backend) {
    CertifiedKey key = certified(area());
    AttestationKey ak = AK.key(backend);
    for (int bit = 0; bit < 8 * key.publicArea().size(); bit++) {
      Bytes changed = Fixtures.flipped(key.publicArea(), bit);
      assertThat(verify(CertifiedKey.withTpmtSignature(changed, key.attest(), key.signature()), ak))
          .as("public area, bit %d", bit)
          .isInstanceOf(Verification.Refuted.class);
    }
    for (int bit = 0; bit < 8 * key.attest().size(); bit++) {
      Bytes changed = Fixtures.flipped(key.attest(), bit);
      assertRefuted(
          verify(CertifiedKey.withTpmtSignature(key.publicArea(), changed, key.signature()), ak),
          TpmFinding.TPM_SIGNATURE);
    }
    for (int bit = 0; bit < 8 * key.signature().size(); bit++) {
      Bytes changed = Fixtures.flipped(key.signature(), bit);
      assertThat(
              verify(CertifiedKey.withTpmtSignature(key.publicArea(), key.attest(), changed), ak))
          .as("signature, bit %d", bit)
          .isInstanceOf(Verification.Refuted.class);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aCertificationByAnotherKeyIsRefuted(SignatureBackend backend) {
    TestAk other = TestAk.rsa(SignatureScheme.RSASSA_SHA256);

    assertRefuted(
        verify(signed(other, area(), attest(area()).write()), backend), TpmFinding.TPM_SIGNATURE);
  }

  /** Both signatures hold: the quote is of one machine, and the key lives in another. */
  @ParameterizedTest
  @MethodSource("backends")
  void aKeyInAnotherMachineThanTheQuotesIsRefuted(SignatureBackend backend) {
    Bytes signer = Bytes.ofHex("000b").concat(AttestWriter.filled(32, 0x5B));
    for (Bytes other : List.of(signer, Bytes.empty(), Bytes.ofHex("4000000b"))) {
      Verification verification = signedAs(attest(area()).qualifiedSigner(other), backend);
      assertRefuted(verification, TpmFinding.KEY_SIGNER);
      assertThat(checks(verification))
          .containsExactly("vtpm.scheme", "vtpm.signature", "vtpm.magic", "vtpm.key-type");
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aSignatureOfAnotherSchemeThanTheKeysIsRefuted(SignatureBackend backend) {
    for (SignatureScheme scheme : SignatureScheme.values()) {
      if (scheme != AK.scheme()) {
        TestAk other =
            scheme.kind() == SignatureScheme.Kind.ECDSA ? TestAk.ec(scheme) : AK.as(scheme);
        assertRefuted(
            verify(signed(other, area(), attest(area()).write()), backend), TpmFinding.TPM_SCHEME);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aSha1SignatureIsRefused(SignatureBackend backend) {
    Bytes attest = attest(area()).write();
    Bytes sha1 = new Octets().u16(0x14).u16(0x0004).sized(AK.sign(attest)).toBytes();

    assertRefuted(
        verify(CertifiedKey.withTpmtSignature(area(), attest, sha1), backend), TpmFinding.TPM_WEAK);
  }

  /** A restricted key signs such a lookalike for whoever asks: only the magic number differs. */
  @ParameterizedTest
  @MethodSource("backends")
  void aLookalikeComposedByTheGuestIsRefuted(SignatureBackend backend) {
    for (long magic : new long[] {0xFF544346L, 0, 0xFFFFFFFFL, 0x474354FFL}) {
      assertRefuted(signedAs(attest(area()).magic(magic), backend), TpmFinding.TPM_MAGIC);
    }
  }

  /** Q5, the other way round. */
  @ParameterizedTest
  @MethodSource("backends")
  void aQuoteWithTheRightNonceIsNoCertification(SignatureBackend backend) {
    AttestWriter quote = AttestWriter.quoting(QUOTED).extraData(NONCE.value());

    assertRefuted(signedAs(quote, backend), TpmFinding.TPM_TYPE);
  }

  /** Q5. */
  @ParameterizedTest
  @MethodSource("backends")
  void aCertificationWithTheRightNonceIsNoQuote(SignatureBackend backend) {
    CertifiedKey key = certified(area());
    proven(verify(key, backend));

    assertRefuted(
        Fixtures.verify(AK.quote(key.attest(), QUOTED), AK.key(backend)), TpmFinding.TPM_TYPE);
  }

  /** TPMS_CREATION_INFO has the layout of TPMS_CERTIFY_INFO: only the type tells them apart. */
  @Test
  void everyOtherTypeWithTheSameBodyIsRefuted() {
    for (int type : new int[] {0x8014, 0x8015, 0x8016, 0x8019, 0x801A, 0x801C}) {
      assertRefuted(signedAs(attest(area()).type(type), Fixtures.quick()), TpmFinding.TPM_TYPE);
    }
    for (int type : new int[] {0, 0x8013, 0x801B, 0x801D, 0x1780, 0xFFFF}) {
      assertRefuted(
          signedAs(attest(area()).type(type), Fixtures.quick()), TpmFinding.TPM_MALFORMED);
    }
  }

  @Test
  void everySignedTruncationAndExtensionIsRefuted() {
    Bytes attest = attest(area()).write();
    for (int size = 4; size < attest.size(); size++) {
      assertRefuted(
          verify(signed(AK, area(), attest.slice(0, size)), Fixtures.quick()),
          TpmFinding.TPM_MALFORMED);
    }
    for (int more = 1; more <= 40; more++) {
      assertRefuted(
          verify(signed(AK, area(), attest.concat(Bytes.zeros(more))), Fixtures.quick()),
          TpmFinding.TPM_MALFORMED);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aCertificationForAnotherNonceIsRefuted(SignatureBackend backend) {
    Bytes nonce = NONCE.value();
    for (Bytes other :
        List.of(
            Bytes.empty(),
            Bytes.zeros(32),
            nonce.concat(Bytes.zeros(1)),
            Bytes.zeros(1).concat(nonce),
            nonce.slice(0, 31),
            nonce.slice(1, 32),
            Fixtures.flipped(nonce, 255))) {
      Verification verification = signedAs(attest(area()).extraData(other), backend);
      assertRefuted(verification, CoreFinding.NONCE_MISMATCH);
      assertThat(checks(verification)).endsWith("vtpm.key-policy").doesNotContain("vtpm.key-nonce");
    }
  }

  @Test
  void withoutFreshnessTheQualifyingDataIsEmptyAndNoNonceIsInTheLedger() {
    Verification verification = withoutFreshness(Bytes.empty());

    assertThat(proven(verification).nonce()).isEqualTo(Bytes.empty());
    assertThat(checks(verification)).endsWith("vtpm.key-policy").doesNotContain("vtpm.key-nonce");
  }

  /** What was made for somebody's challenge is not taken for what was made for none. */
  @Test
  void withoutFreshnessAnyQualifyingDataIsRefuted() {
    for (Bytes data : List.of(NONCE.value(), Bytes.zeros(1), Bytes.zeros(64))) {
      assertRefuted(withoutFreshness(data), CoreFinding.NONCE_MISMATCH);
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aKeyCostsOneSignature(SignatureBackend backend) {
    CountingBackend counting = new CountingBackend(backend);

    proven(verify(certified(area()), counting));

    assertThat(counting.rsa()).isEqualTo(1);
    assertThat(counting.ecdsa()).isZero();
  }

  @Test
  void oversizedEvidenceIsRefutedBeforeItIsHashed() {
    CountingBackend counting = new CountingBackend(Fixtures.quick());
    Bytes attest = attest(area()).write();

    assertRefuted(
        verify(CertifiedKey.withBareRsa(area(), Bytes.zeros(4097), AK.sign(attest)), counting),
        TpmFinding.TPM_MALFORMED);
    assertRefuted(
        verify(CertifiedKey.withBareRsa(area(), attest, Bytes.zeros(4097)), counting),
        TpmFinding.TPM_MALFORMED);
    assertThat(counting.rsa()).isZero();
  }
}

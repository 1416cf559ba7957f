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
import static io.github.cvmattestation.vtpm.CertifiedKeys.verdict;
import static io.github.cvmattestation.vtpm.CertifiedKeys.verify;
import static io.github.cvmattestation.vtpm.Fixtures.NONCE;
import static io.github.cvmattestation.vtpm.Fixtures.assertRefuted;
import static io.github.cvmattestation.vtpm.Fixtures.bank;
import static io.github.cvmattestation.vtpm.Fixtures.quick;
import static io.github.cvmattestation.vtpm.KeyArea.ATTRIBUTES;
import static io.github.cvmattestation.vtpm.KeyArea.MODULUS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Public areas that the attestation key did certify: which of them a secret is never sent to. */
class CertifiedKeyAreaTest {
  static Stream<SignatureBackend> backends() {
    return Fixtures.backends();
  }

  private static KeyArea genuine() {
    return KeyArea.under(POLICY);
  }

  private static Verification verifyUnder(HashAlgorithm bank, Set<Integer> registers) {
    return new CertifiedKeyVerifier()
        .verify(
            certified(area()), AK.key(quick()), CertifiedKeys.quoted(AK), bank, registers, NONCE);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void anotherAreaThanTheCertifiedOneIsRefuted(SignatureBackend backend) {
    Bytes other =
        genuine()
            .modulus(TestAk.rsa(SignatureScheme.RSASSA_SHA256).modulus().slice(1, 257))
            .write();

    assertRefuted(verify(signed(AK, other, attest(area()).write()), backend), TpmFinding.KEY_NAME);
  }

  /** C1: the same key with another Name is another object, which the TPM did not certify. */
  @ParameterizedTest
  @MethodSource("backends")
  void swappingExponentZeroAnd65537IsRefuted(SignatureBackend backend) {
    Bytes zero = genuine().exponent(0).write();
    Bytes written = genuine().exponent(65537).write();

    proven(verify(certified(zero), backend));
    proven(verify(certified(written), backend));
    assertRefuted(verify(signed(AK, written, attest(zero).write()), backend), TpmFinding.KEY_NAME);
    assertRefuted(verify(signed(AK, zero, attest(written).write()), backend), TpmFinding.KEY_NAME);
  }

  @Test
  void anythingButTheExactNameIsRefuted() {
    Bytes name = KeyArea.name(area());
    Bytes digest = name.slice(2, name.size());
    List<Bytes> others =
        List.of(
            Bytes.empty(),
            Bytes.ofHex("000b"),
            digest,
            Bytes.ofHex("000c").concat(digest),
            name.concat(Bytes.zeros(1)),
            name.slice(0, 33),
            Bytes.ofHex("40000007"),
            KeyArea.name(HashAlgorithm.SHA384, area()));
    for (Bytes other : others) {
      AttestWriter attest = AttestWriter.certifying(other).extraData(NONCE.value());
      assertRefuted(verify(signed(AK, area(), attest.write()), quick()), TpmFinding.KEY_NAME);
    }
  }

  /** The Name as qualifiedName, as if either would do. */
  @Test
  void theNameInThePlaceOfTheQualifiedNameIsRefuted() {
    Bytes other = Bytes.ofHex("000b").concat(AttestWriter.filled(32, 1));
    Bytes body = new Octets().sized(other).sized(KeyArea.name(area())).toBytes();

    assertRefuted(
        verify(signed(AK, area(), attest(area()).body(body).write()), quick()),
        TpmFinding.KEY_NAME);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 17})
  void aKeyThatMayLeaveTheTpmOrDoesNotDecryptIsRefuted(int missingBit) {
    Bytes area = genuine().attributes(ATTRIBUTES & ~(1L << missingBit)).write();

    assertRefuted(verdict(area), TpmFinding.KEY_ATTRIBUTES);
  }

  /** userWithAuth lets the empty password in; a restricted key takes no secret; sign is abuse. */
  @ParameterizedTest
  @ValueSource(ints = {6, 16, 18})
  void aKeyThatWorksWithoutItsPolicyOrForSomethingElseIsRefuted(int addedBit) {
    Bytes area = genuine().attributes(ATTRIBUTES | 1L << addedBit).write();

    assertRefuted(verdict(area), TpmFinding.KEY_ATTRIBUTES);
  }

  /** stClear, adminWithPolicy, noDA and encryptedDuplication say nothing against a key. */
  @ParameterizedTest
  @ValueSource(ints = {2, 7, 10, 11})
  void otherAttributesMakeNoDifference(int bit) {
    proven(verdict(genuine().attributes(ATTRIBUTES ^ 1L << bit).write()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 8, 9, 12, 13, 14, 15, 19, 24, 31})
  void aReservedAttributeIsRefuted(int bit) {
    assertRefuted(
        verdict(genuine().attributes(ATTRIBUTES | 1L << bit).write()), TpmFinding.TPM_MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(ints = {1024, 3072, 4096})
  void anotherKeySizeIsRefuted(int bits) {
    Bytes modulus = TestAk.rsa(bits, SignatureScheme.RSASSA_SHA256).modulus();
    Bytes area = genuine().modulus(modulus.slice(1, 1 + bits / 8)).write();

    assertRefuted(verdict(area), TpmFinding.KEY_PARAMETERS);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 17, 65536, 65539, 0xFFFFFFFFL})
  void anotherExponentIsRefuted(long exponent) {
    assertRefuted(verdict(genuine().exponent(exponent).write()), TpmFinding.KEY_PARAMETERS);
  }

  /** Q14, for the certified key: zeros, an even number, one of 2047 bits, 1024 bits padded. */
  @Test
  void aModulusThatIsNoneIsRefuted() {
    BigInteger one = BigInteger.ONE;
    Bytes even = Bytes.of(one.shiftLeft(2047).toByteArray()).slice(1, 257);
    Bytes shorter = Bytes.of(one.shiftLeft(2047).subtract(one).toByteArray());
    Bytes weak = TestAk.rsa(1024, SignatureScheme.RSASSA_SHA256).modulus().slice(1, 129);
    for (Bytes modulus : List.of(Bytes.zeros(256), even, shorter, Bytes.zeros(128).concat(weak))) {
      assertRefuted(verdict(genuine().modulus(modulus).write()), TpmFinding.KEY_PARAMETERS);
    }
  }

  /** OAEP with SHA-1 and SHA-256, RSAES, RSASSA, RSAPSS. */
  @ParameterizedTest
  @ValueSource(strings = {"00170004", "0017000b", "0015", "0014000b", "0016000b"})
  void aSchemeOfItsOwnIsRefused(String scheme) {
    assertRefuted(verdict(genuine().scheme(scheme).write()), TpmFinding.KEY_PARAMETERS);
  }

  @Test
  void aSymmetricAlgorithmIsRefused() {
    assertRefuted(verdict(genuine().symmetric("000600800043").write()), TpmFinding.KEY_PARAMETERS);
  }

  @Test
  void anotherKindOfObjectIsRefused() {
    Bytes policy = KeyArea.policy(HashAlgorithm.SHA256, POLICY);
    TestAk point = TestAk.ec(SignatureScheme.ECDSA_P256_SHA256);
    Bytes ecc =
        StorageKeys.ecc(0x0B, ATTRIBUTES, policy, 0, 3, PublicAreas.x(point), PublicAreas.y(point));

    assertRefuted(verdict(ecc), TpmFinding.KEY_PARAMETERS);
    assertRefuted(verdict(PublicAreas.sealed(ATTRIBUTES)), TpmFinding.KEY_PARAMETERS);
  }

  @ParameterizedTest
  @MethodSource("backends")
  void anotherPolicyIsRefuted(SignatureBackend backend) {
    Map<Integer, Bytes> changed = new TreeMap<>(POLICY.values());
    changed.put(7, Bytes.zeros(32));
    Map<Integer, Bytes> swapped = new TreeMap<>(POLICY.values());
    swapped.put(7, QUOTED.value(9).orElseThrow());
    swapped.put(9, QUOTED.value(7).orElseThrow());
    PolicyDigest right = PolicyDigest.empty(HashAlgorithm.SHA256).pcr(POLICY);
    Bytes name = KeyArea.name(area());
    List<Bytes> policies =
        List.of(
            Bytes.empty(),
            Bytes.zeros(32),
            Bytes.zeros(64),
            right.value().slice(0, 31),
            right.value().concat(Bytes.zeros(1)),
            KeyArea.policy(HashAlgorithm.SHA256, CertifiedKeys.of(Set.of(0, 2, 7))),
            KeyArea.policy(HashAlgorithm.SHA256, CertifiedKeys.of(Set.of(0, 1, 2, 7, 9))),
            KeyArea.policy(HashAlgorithm.SHA256, QUOTED),
            KeyArea.policy(HashAlgorithm.SHA256, bank(HashAlgorithm.SHA256, changed)),
            KeyArea.policy(HashAlgorithm.SHA256, bank(HashAlgorithm.SHA256, swapped)),
            KeyArea.policy(HashAlgorithm.SHA384, POLICY),
            right.authValue().value(),
            right.pcr(POLICY).value(),
            right.authorize(name, Bytes.empty()).value(),
            PolicyDigest.or(List.of(right, right.authValue())).value());
    for (Bytes policy : policies) {
      assertRefuted(
          verify(certified(genuine().policy(policy).write()), backend), TpmFinding.KEY_POLICY);
    }
  }

  /** The same digests at the same indices of another bank. */
  @Test
  void aPolicyOfAnotherBankIsRefuted() {
    Bytes policy =
        PolicyDigest.empty(HashAlgorithm.SHA256)
            .pcr(bank(HashAlgorithm.SHA384, 0, 2, 7, 9))
            .value();

    assertRefuted(verdict(genuine().policy(policy).write()), TpmFinding.KEY_POLICY);
  }

  /** The guest chooses what it quotes, so that this is a verdict and no mistake of the caller's. */
  @Test
  void registersThatWereNotQuotedAreRefuted() {
    for (Set<Integer> registers : List.of(Set.of(23), Set.of(0, 2, 7, 9, 10))) {
      Verification verification = verifyUnder(HashAlgorithm.SHA256, registers);
      assertRefuted(verification, TpmFinding.KEY_POLICY);
    }
    assertRefuted(verifyUnder(HashAlgorithm.SHA384, REGISTERS), TpmFinding.KEY_POLICY);
  }

  @Test
  void aPolicyAboutNothingIsTheCallersMistake() {
    for (Set<Integer> registers : List.of(Set.<Integer>of(), Set.of(-1, 7), Set.of(7, 24))) {
      assertThatThrownBy(() -> verifyUnder(HashAlgorithm.SHA256, registers))
          .isInstanceOf(AttestationException.Configuration.class);
    }
    assertThatThrownBy(() -> verifyUnder(HashAlgorithm.SHA1, REGISTERS))
        .isInstanceOf(AttestationException.Configuration.class);
  }

  @Test
  void aNameOfAStrongerHashIsVerified() {
    for (HashAlgorithm hash : List.of(HashAlgorithm.SHA384, HashAlgorithm.SHA512)) {
      Bytes area = genuine().nameAlg(hash).policy(KeyArea.policy(hash, POLICY)).write();
      Bytes attest =
          AttestWriter.certifying(KeyArea.name(hash, area)).extraData(NONCE.value()).write();
      assertThat(proven(verify(signed(AK, area, attest), quick())).publicArea().nameAlg())
          .isEqualTo(hash);
    }
  }

  @Test
  void aNameOfSha1IsRefused() {
    Bytes policy = KeyArea.policy(HashAlgorithm.SHA1, POLICY);
    Bytes area = genuine().nameAlg(HashAlgorithm.SHA1).policy(policy).write();
    Bytes attest =
        AttestWriter.certifying(KeyArea.name(HashAlgorithm.SHA1, area))
            .extraData(NONCE.value())
            .write();

    assertRefuted(verify(signed(AK, area, attest), quick()), TpmFinding.TPM_WEAK);
  }

  @Test
  void everyCertifiedTruncationAndExtensionIsRefuted() {
    Bytes area = area();
    for (int size = 0; size < area.size(); size++) {
      assertRefuted(verdict(area.slice(0, size)), TpmFinding.TPM_MALFORMED);
    }
    for (int more = 1; more <= 16; more++) {
      assertRefuted(verdict(area.concat(Bytes.zeros(more))), TpmFinding.TPM_MALFORMED);
    }
    assertRefuted(verdict(new Octets().sized(area).toBytes()), TpmFinding.TPM_MALFORMED);
  }

  @Test
  void anOversizedAreaIsRefutedForItsSize() {
    Bytes area = area();
    Bytes most = area.concat(Bytes.zeros(KeyArea.MAX - area.size()));

    assertRefuted(verdict(most), TpmFinding.TPM_MALFORMED);
    Verification oversized = verdict(most.concat(Bytes.zeros(1)));
    assertRefuted(oversized, TpmFinding.TPM_MALFORMED);
    assertThat(oversized.findings().get(0).actual()).isEqualTo("1025 bytes");
  }

  @Test
  void aModulusOfAnotherSizeThanDeclaredIsRefuted() {
    Bytes area = area();
    int keyBits = area.size() - 256 - 2 - 4 - 2;
    for (int bit = 0; bit < 16; bit++) {
      assertRefuted(verdict(Fixtures.flipped(area, 8 * keyBits + bit)), TpmFinding.TPM_MALFORMED);
    }
    assertThat(MODULUS.size()).isEqualTo(256);
  }
}

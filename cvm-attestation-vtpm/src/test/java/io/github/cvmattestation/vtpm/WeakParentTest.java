package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys a credential or a duplicate is never encrypted to. */
class WeakParentTest {
  private static final TestAk RSA = TestAk.rsa(SignatureScheme.RSASSA_SHA256);
  private static final TestAk P256 = TestAk.ec(SignatureScheme.ECDSA_P256_SHA256);
  private static final Bytes MODULUS = RSA.modulus().slice(1, 257);
  private static final Bytes NAME = Bytes.ofHex("000b").concat(Bytes.zeros(32));
  private static final PolicyDigest POLICY =
      PolicyDigest.empty(HashAlgorithm.SHA256)
          .pcr(Fixtures.bank(HashAlgorithm.SHA256, Map.of(7, Bytes.zeros(32))));

  private static void assertRefused(Bytes area) {
    TpmtPublic parent = StorageKeys.parse(area);
    assertThatThrownBy(() -> MakeCredential.of(parent, NAME, new byte[32]))
        .isInstanceOf(AttestationException.Configuration.class);
    assertThatThrownBy(() -> TpmDuplicate.seal(parent, new byte[32], POLICY))
        .isInstanceOf(AttestationException.Configuration.class);
  }

  private static void assertTaken(Bytes area) {
    TpmtPublic parent = StorageKeys.parse(area);
    assertThat(MakeCredential.of(parent, NAME, new byte[32]).credentialBlob().isEmpty()).isFalse();
    assertThat(TpmDuplicate.seal(parent, new byte[32], POLICY).duplicate().isEmpty()).isFalse();
  }

  private static Bytes rsa(long attributes) {
    return StorageKeys.rsa(0x0B, attributes, 128, 0, MODULUS);
  }

  private static Bytes ecc(int curve, Bytes x, Bytes y) {
    return StorageKeys.ecc(0x0B, StorageKeys.STORAGE, Bytes.empty(), 128, curve, x, y);
  }

  @Test
  void storageAndEndorsementKeysAreTaken() {
    assertTaken(rsa(StorageKeys.STORAGE));
    assertTaken(rsa(StorageKeys.ENDORSEMENT));
    assertTaken(StorageKeys.rsa(0x0B, StorageKeys.STORAGE, 128, 65537, MODULUS));
    assertTaken(ecc(3, PublicAreas.x(P256), PublicAreas.y(P256)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 5, 16, 17})
  void aKeyThatMayExistOutsideItsTpmOrDoesNotProtectIsRefused(int missingBit) {
    assertRefused(rsa(StorageKeys.STORAGE & ~(1L << missingBit)));
  }

  @Test
  void aSigningKeyIsRefused() {
    assertRefused(rsa(StorageKeys.STORAGE | 1L << 18));
    assertRefused(PublicAreas.rsa(PublicAreas.AK_ATTRIBUTES, 0x14, 0x0B, 2048, 0, MODULUS));
  }

  @Test
  void aKeyWithoutASymmetricAlgorithmIsRefused() {
    assertRefused(StorageKeys.rsa(0x0B, StorageKeys.STORAGE, 0, 0, MODULUS));
  }

  @Test
  void sealedDataIsRefused() {
    assertRefused(PublicAreas.sealed(StorageKeys.STORAGE));
  }

  /** What a paravisor publishes where somebody set the endorsement hierarchy's password. */
  @Test
  void aModulusOfZerosIsRefused() {
    assertRefused(StorageKeys.rsa(0x0B, StorageKeys.STORAGE, 128, 0, Bytes.zeros(256)));
  }

  @Test
  void aShortModulusIsRefused() {
    Bytes weak = TestAk.rsa(1024, SignatureScheme.RSASSA_SHA256).modulus().slice(1, 129);
    Bytes padded = Bytes.zeros(128).concat(weak);

    assertRefused(StorageKeys.rsa(0x0B, StorageKeys.STORAGE, 128, 0, weak));
    assertRefused(StorageKeys.rsa(0x0B, StorageKeys.STORAGE, 128, 0, padded));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 65536, 65539, 0xFFFFFFFFL})
  void anExponentOtherThan65537IsRefused(long exponent) {
    assertRefused(StorageKeys.rsa(0x0B, StorageKeys.STORAGE, 128, exponent, MODULUS));
  }

  @Test
  void aNameOfSha1IsRefused() {
    assertRefused(StorageKeys.rsa(0x04, StorageKeys.STORAGE, 128, 0, MODULUS));
  }

  /** An invalid point would make a shared secret that others can guess. */
  @Test
  void aPointOffTheCurveIsRefused() {
    Bytes x = PublicAreas.x(P256);
    Bytes y = PublicAreas.y(P256);

    assertRefused(ecc(3, y, x));
    assertRefused(ecc(3, Bytes.zeros(32), Bytes.zeros(32)));
    assertRefused(ecc(3, Bytes.empty(), Bytes.empty()));
    assertRefused(ecc(3, Bytes.zeros(1).concat(x), y));
    assertRefused(ecc(4, x, y));
    assertRefused(ecc(5, x, y));
  }
}

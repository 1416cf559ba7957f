package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.testkit.Swtpm;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Secrets sealed here, imported and unsealed by a TPM. */
class TpmDuplicateTest {
  private static final byte[] SECRET = AttestWriter.filled(32, 0x3C).toArray();
  private static final int POLICY_FAIL = 0x99D;

  private Swtpm swtpm;
  private Tpm tpm;

  @BeforeEach
  void start() {
    swtpm = Swtpm.start();
    tpm = Tpm.over(TpmTransports.unixSocket(swtpm.socket()));
  }

  @AfterEach
  void stop() {
    if (swtpm != null) {
      if (tpm != null) {
        tpm.close();
      }
      swtpm.close();
    }
  }

  private static final Set<Integer> REGISTERS = Set.of(7, 16, 23);

  private PolicyDigest policy() {
    return PolicyDigest.empty(HashAlgorithm.SHA256)
        .pcr(tpm.pcrs().read(HashAlgorithm.SHA256, REGISTERS));
  }

  private TpmObject parent(TpmTemplate template) {
    return tpm.keys().createPrimary(TpmHandle.OWNER, TpmAuth.empty(), template);
  }

  private TpmObject imported(TpmObject parent, TpmDuplicate sealed) {
    Bytes inPrivate =
        tpm.keys()
            .importObject(
                parent,
                TpmAuth.empty(),
                sealed.publicArea(),
                sealed.duplicate(),
                sealed.inSymSeed());
    return tpm.keys().load(parent, TpmAuth.empty(), inPrivate, sealed.publicArea());
  }

  private byte[] unseal(TpmObject object) {
    try (TpmSession session = tpm.session().policy()) {
      session.policyPcr(TpmPcrs.select(HashAlgorithm.SHA256, REGISTERS));
      return tpm.keys().unseal(object, TpmAuth.session(session));
    }
  }

  private void assertRefused(TpmObject parent, TpmDuplicate sealed) {
    assertThatThrownBy(() -> imported(parent, sealed)).isInstanceOf(TpmException.class);
  }

  @Test
  void whatWasSealedFromAfarComesOutUnderTheRegisters() {
    for (TpmTemplate template :
        List.of(TpmTemplate.storageRootRsa(), TpmTemplate.storageRootEcc(), StorageKeys.strong())) {
      try (TpmObject parent = parent(template)) {
        for (int size : new int[] {1, 32, 128}) {
          byte[] data = Arrays.copyOf(SECRET, size);
          TpmDuplicate sealed = TpmDuplicate.seal(parent.publicArea(), data, policy());
          try (TpmObject object = imported(parent, sealed)) {
            assertThat(unseal(object)).isEqualTo(data);
          }
        }
      }
    }
  }

  /** S2. */
  @Test
  void afterAnExtendItFailsThePolicy() {
    try (TpmObject parent = parent(TpmTemplate.storageRootEcc());
        TpmObject object =
            imported(parent, TpmDuplicate.seal(parent.publicArea(), SECRET, policy()))) {
      assertThat(unseal(object)).isEqualTo(SECRET);
      tpm.pcrs().extend(16, TpmAuth.empty(), Bytes.of((byte) 1));
      assertThatThrownBy(() -> unseal(object))
          .isInstanceOfSatisfying(
              TpmException.class, e -> assertThat(e.code().value()).isEqualTo(POLICY_FAIL));
    }
  }

  @Test
  void noPasswordOpensIt() {
    try (TpmObject parent = parent(TpmTemplate.storageRootEcc());
        TpmObject object =
            imported(parent, TpmDuplicate.seal(parent.publicArea(), SECRET, policy()))) {
      assertThatThrownBy(() -> tpm.keys().unseal(object, TpmAuth.empty()))
          .isInstanceOf(TpmException.class);
    }
  }

  @Test
  void anotherParentRefusesIt() {
    try (TpmObject parent = parent(StorageKeys.plain());
        TpmObject other = parent(StorageKeys.plain(AttestWriter.filled(32, 1)))) {
      assertRefused(other, TpmDuplicate.seal(parent.publicArea(), SECRET, policy()));
    }
  }

  @Test
  void anyFlippedBitOfTheDuplicateOrItsSeedIsRefused() {
    for (TpmTemplate template :
        List.of(TpmTemplate.storageRootEcc(), TpmTemplate.storageRootRsa())) {
      try (TpmObject parent = parent(template)) {
        TpmDuplicate sealed = TpmDuplicate.seal(parent.publicArea(), SECRET, policy());
        for (int bit = 0; bit < 8 * sealed.duplicate().size(); bit += 3) {
          Bytes flipped = Fixtures.flipped(sealed.duplicate(), bit);
          assertRefused(parent, new TpmDuplicate(sealed.publicArea(), flipped, sealed.inSymSeed()));
        }
        for (int bit = 0; bit < 8 * sealed.inSymSeed().size(); bit += 7) {
          Bytes flipped = Fixtures.flipped(sealed.inSymSeed(), bit);
          assertRefused(parent, new TpmDuplicate(sealed.publicArea(), sealed.duplicate(), flipped));
        }
      }
    }
  }

  /** The Name is under the HMAC: nobody on the way loosens the policy or the attributes. */
  @Test
  void anyChangeOfThePublicAreaIsRefused() {
    try (TpmObject parent = parent(TpmTemplate.storageRootEcc())) {
      TpmDuplicate sealed = TpmDuplicate.seal(parent.publicArea(), SECRET, policy());
      Bytes area = sealed.publicArea().raw();
      Bytes withPassword = Fixtures.flipped(area, 8 * 7 + 6);
      Bytes otherPolicy = Fixtures.flipped(area, 8 * 12);
      Bytes otherUnique = Fixtures.flipped(area, 8 * area.size() - 1);

      assertThat(StorageKeys.parse(withPassword).has(ObjectAttribute.USER_WITH_AUTH)).isTrue();
      for (Bytes changed : List.of(withPassword, otherPolicy, otherUnique)) {
        TpmDuplicate forged =
            new TpmDuplicate(StorageKeys.parse(changed), sealed.duplicate(), sealed.inSymSeed());
        assertRefused(parent, forged);
      }
    }
  }

  /** Attributes: noDA alone. What is imported is fixed nowhere, and no password opens it. */
  @Test
  void thePublicAreaPromisesNothingThatIsNotSo() {
    TpmtPublic parent = parsed();
    PolicyDigest policy = PolicyDigest.empty(HashAlgorithm.SHA256).authValue();
    TpmDuplicate sealed = TpmDuplicate.seal(parent, SECRET, policy);

    assertThat(sealed.publicArea().objectAttributes()).containsExactly(ObjectAttribute.NO_DA);
    assertThat(sealed.publicArea().authPolicy()).isEqualTo(policy.value());
    assertThat(sealed.publicArea().nameAlg()).isEqualTo(HashAlgorithm.SHA256);
  }

  @Test
  void noByteOrMoreThanATpmSealsIsRefused() {
    TpmtPublic parent = parsed();
    for (int size : new int[] {0, 129, 4096}) {
      assertThatThrownBy(() -> TpmDuplicate.seal(parent, new byte[size], policy()))
          .isInstanceOf(AttestationException.Configuration.class);
    }
  }

  @Test
  void aSecretWithoutAPolicyOrWithOneOfSha1IsRefused() {
    TpmtPublic parent = parsed();
    for (HashAlgorithm hash : HashAlgorithm.values()) {
      PolicyDigest none = PolicyDigest.empty(hash);
      assertThatThrownBy(() -> TpmDuplicate.seal(parent, SECRET, none))
          .isInstanceOf(AttestationException.Configuration.class);
    }
    PolicyDigest sha1 = PolicyDigest.empty(HashAlgorithm.SHA1).authValue();
    assertThatThrownBy(() -> TpmDuplicate.seal(parent, SECRET, sha1))
        .isInstanceOf(AttestationException.Configuration.class);
  }

  private TpmtPublic parsed() {
    try (TpmObject parent = parent(StorageKeys.plain())) {
      return parent.publicArea();
    }
  }
}

package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.Swtpm;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** C7: credentials made here, activated by a TPM. */
class MakeCredentialTest {
  private static final byte[] CREDENTIAL = AttestWriter.filled(32, 0x7E).toArray();

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

  private TpmObject endorsed(TpmTemplate template) {
    return tpm.keys().createPrimary(TpmHandle.ENDORSEMENT, TpmAuth.empty(), template);
  }

  private byte[] activate(TpmObject ak, TpmObject ek, MakeCredential made) {
    return tpm.keys()
        .activateCredential(
            ak, TpmAuth.empty(), ek, TpmAuth.empty(), made.credentialBlob(), made.secret());
  }

  private void assertRefused(TpmObject ak, TpmObject ek, MakeCredential made, String code) {
    assertThatThrownBy(() -> activate(ak, ek, made))
        .isInstanceOfSatisfying(
            TpmException.class, e -> assertThat(e.code().name()).isEqualTo(code));
  }

  @Test
  void anEndorsementKeyGivesTheCredentialBackForAnyAttestationKey() {
    for (TpmTemplate ekTemplate :
        List.of(TpmTemplate.endorsementKey(), StorageKeys.endorsementEcc())) {
      for (TpmTemplate akTemplate :
          List.of(TpmTemplate.attestationKey(), StorageKeys.attestationEcc())) {
        try (TpmObject ek = endorsed(ekTemplate);
            TpmObject ak = endorsed(akTemplate);
            TpmSession session = tpm.session().policy()) {
          session.policySecret(TpmHandle.ENDORSEMENT, TpmAuth.empty(), Bytes.empty());
          MakeCredential made = MakeCredential.of(ek.publicArea(), ak.name(), CREDENTIAL);
          assertThat(
                  tpm.keys()
                      .activateCredential(
                          ak,
                          TpmAuth.empty(),
                          ek,
                          TpmAuth.session(session),
                          made.credentialBlob(),
                          made.secret()))
              .isEqualTo(CREDENTIAL);
        }
      }
    }
  }

  @Test
  void everySizeUpToADigestComesBack() {
    for (TpmTemplate template : List.of(StorageKeys.plain(), StorageKeys.strong())) {
      try (TpmObject ek = endorsed(template);
          TpmObject ak = endorsed(TpmTemplate.attestationKey())) {
        // The TPM compares with the digest of the activated object as well: SHA-256.
        for (int size : new int[] {1, 15, 16, 17, 31, 32}) {
          byte[] credential = Arrays.copyOf(CREDENTIAL, size);
          MakeCredential made = MakeCredential.of(ek.publicArea(), ak.name(), credential);
          assertThat(activate(ak, ek, made)).isEqualTo(credential);
        }
      }
    }
  }

  /** The point of it all: the attestation key has to be in the same TPM. */
  @Test
  void aCredentialForAnotherObjectsNameIsRefused() {
    try (TpmObject ek = endorsed(StorageKeys.plain());
        TpmObject ak = endorsed(TpmTemplate.attestationKey())) {
      Bytes name = ak.name();
      for (int bit : new int[] {8, 16, 8 * name.size() - 1}) {
        MakeCredential made =
            MakeCredential.of(ek.publicArea(), Fixtures.flipped(name, bit), CREDENTIAL);
        assertRefused(ak, ek, made, "TPM_RC_INTEGRITY");
      }
      for (Bytes other : List.of(Bytes.empty(), name.slice(2, name.size()), ek.name())) {
        MakeCredential made = MakeCredential.of(ek.publicArea(), other, CREDENTIAL);
        assertRefused(ak, ek, made, "TPM_RC_INTEGRITY");
      }
    }
  }

  @Test
  void aCredentialForAnotherEndorsementKeyIsRefused() {
    try (TpmObject ek = endorsed(StorageKeys.plain());
        TpmObject other = endorsed(StorageKeys.plain(AttestWriter.filled(32, 1)));
        TpmObject ak = endorsed(TpmTemplate.attestationKey())) {
      MakeCredential made = MakeCredential.of(other.publicArea(), ak.name(), CREDENTIAL);

      assertThat(activate(ak, other, made)).isEqualTo(CREDENTIAL);
      assertRefused(ak, ek, made, "TPM_RC_INTEGRITY");
    }
  }

  @Test
  void anyFlippedBitIsRefused() {
    for (TpmTemplate template : List.of(StorageKeys.plain(), TpmTemplate.storageRootRsa())) {
      try (TpmObject ek = endorsed(template);
          TpmObject ak = endorsed(StorageKeys.attestationEcc())) {
        MakeCredential made = MakeCredential.of(ek.publicArea(), ak.name(), CREDENTIAL);
        for (int bit = 0; bit < 8 * made.credentialBlob().size(); bit++) {
          Bytes flipped = Fixtures.flipped(made.credentialBlob(), bit);
          MakeCredential forged = new MakeCredential(flipped, made.secret());
          if (bit >= 16) {
            assertRefused(ak, ek, forged, "TPM_RC_INTEGRITY");
          } else {
            assertThatThrownBy(() -> activate(ak, ek, forged)).isInstanceOf(TpmException.class);
          }
        }
        for (int bit = 0; bit < 8 * made.secret().size(); bit += 7) {
          Bytes flipped = Fixtures.flipped(made.secret(), bit);
          MakeCredential forged = new MakeCredential(made.credentialBlob(), flipped);
          assertThatThrownBy(() -> activate(ak, ek, forged)).isInstanceOf(TpmException.class);
        }
      }
    }
  }

  @Test
  void noTwoCredentialsAreAlike() {
    try (TpmObject ek = endorsed(StorageKeys.plain())) {
      MakeCredential one = MakeCredential.of(ek.publicArea(), ek.name(), CREDENTIAL);
      MakeCredential two = MakeCredential.of(ek.publicArea(), ek.name(), CREDENTIAL);

      assertThat(one.secret()).isNotEqualTo(two.secret());
      assertThat(one.credentialBlob()).isNotEqualTo(two.credentialBlob());
    }
  }

  @Test
  void aCredentialOfNoByteOrLongerThanADigestIsRefused() {
    try (TpmObject ek = endorsed(StorageKeys.plain())) {
      for (int size : new int[] {0, 33, 64}) {
        assertThatThrownBy(() -> MakeCredential.of(ek.publicArea(), ek.name(), new byte[size]))
            .isInstanceOf(AttestationException.Configuration.class);
      }
    }
  }
}

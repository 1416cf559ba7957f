package io.github.cvmattestation.vtpm.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.vtpm.Opening;
import io.github.cvmattestation.vtpm.Opening.Reason;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PcrSelection;
import io.github.cvmattestation.vtpm.SealedSecret;
import io.github.cvmattestation.vtpm.SealingPolicy;
import io.github.cvmattestation.vtpm.StorageParent;
import io.github.cvmattestation.vtpm.TpmObject;
import io.github.cvmattestation.vtpm.TpmtPublic;
import io.github.cvmattestation.vtpm.internal.sealing.Templates;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** S2 and its neighbours: a secret opens on its machine, in its state, and nowhere else. */
class SealedSecretTest {
  static final Bytes SECRET =
      Bytes.of("a key of thirty-two bytes' length".getBytes(StandardCharsets.UTF_8));
  private static final byte[] PIN = "2580".getBytes(StandardCharsets.UTF_8);
  private static final int UNSEAL = 0x15E;

  static PcrSelection pcrs(Integer... indices) {
    return PcrSelection.of(HashAlgorithm.SHA256, List.of(indices));
  }

  static SealedSecret seal(Machine machine, Integer... indices) {
    SealingPolicy policy = SealingPolicy.currentPcrs(machine.client(), pcrs(indices));
    return SealedSecret.seal(machine.client(), policy, SECRET.toArray());
  }

  private static SealedSecret sealWithPin(Machine machine) {
    return SealedSecret.seal(
        machine.client(),
        new StorageParent.EccPrimary(),
        SealingPolicy.currentPcrs(machine.client(), pcrs(7)),
        Optional.of(PIN),
        SECRET.toArray());
  }

  static Opening.Refused refused(Opening opening) {
    assertThat(opening).isInstanceOf(Opening.Refused.class);
    return (Opening.Refused) opening;
  }

  static void assertOpens(Opening opening) {
    try (opening) {
      assertThat(opening).isInstanceOf(Opening.Opened.class);
      SecretBytes secret = ((Opening.Opened) opening).secret();
      assertThat(Bytes.of(secret.octets())).isEqualTo(SECRET);
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void aSecretOpensWhereAndAsItWasSealed(Machine.Kind kind) throws MalformedException {
    try (Machine machine = kind.start("one")) {
      machine.extend(7, "Secure Boot is on");
      Bytes file = seal(machine, 11, 0, 7).encoded();
      machine.extend(8, "a register that the policy does not name");
      assertOpens(SealedSecret.parse(file).opener().open(machine.client()));
      assertThat(SealedSecret.parse(file).encoded()).isEqualTo(file);
      assertThat(machine.loaded()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void theSmallestAndTheLargestSecretComeBackWhole(Machine.Kind kind) {
    try (Machine machine = kind.start("one")) {
      SealingPolicy policy = SealingPolicy.currentPcrs(machine.client(), pcrs(7));
      for (int size : new int[] {1, SealedSecret.MAX_SECRET}) {
        byte[] secret = new byte[size];
        secret[size - 1] = 1;
        Opening opening =
            SealedSecret.seal(machine.client(), policy, secret).opener().open(machine.client());
        try (opening) {
          assertThat(((Opening.Opened) opening).secret().octets()).isEqualTo(secret);
        }
      }
      assertThatThrownBy(() -> SealedSecret.seal(machine.client(), policy, new byte[129]))
          .isInstanceOf(AttestationException.Configuration.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void extendingARegisterShutsTheSecretAndIsNamed(Machine.Kind kind) {
    try (Machine machine = kind.start("one")) {
      SealedSecret sealed = seal(machine, 0, 2, 7);
      machine.extend(7, "another Secure Boot policy");
      Opening.Refused one = refused(sealed.opener().open(machine.client()));
      assertThat(one.reason()).isEqualTo(Reason.REGISTERS_DIFFER);
      assertThat(one.registers()).containsExactly(7);
      assertThat(one.message())
          .startsWith(
              "PCR 7 (Secure Boot policy) differs from what it was when the secret was sealed");
      machine.extend(2, "an option ROM");
      Opening.Refused two = refused(sealed.opener().open(machine.client()));
      assertThat(two.registers()).containsExactly(2, 7);
      assertThat(machine.loaded()).isZero();
      machine.restart();
      assertOpens(sealed.opener().open(machine.client()));
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void aSecretSealedForAPredictedStateOpensOnlyThere(Machine.Kind kind) throws MalformedException {
    try (Machine machine = kind.start("one")) {
      Map<Integer, Bytes> values = new HashMap<>();
      values.put(11, Machine.extended(Bytes.zeros(32), "the next kernel"));
      PcrBank predicted = PcrBank.of(HashAlgorithm.SHA256, values);
      SealedSecret sealed =
          SealedSecret.seal(machine.client(), SealingPolicy.pcrs(predicted), SECRET.toArray());
      assertThat(refused(sealed.opener().open(machine.client())).registers()).containsExactly(11);
      machine.extend(11, "the next kernel");
      assertOpens(sealed.opener().open(machine.client()));
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void anotherMachinesSecretIsRecognisedAsSuch(Machine.Kind kind) {
    try (Machine one = kind.start("one");
        Machine other = kind.start("other")) {
      Opening.Refused refused = refused(seal(one, 7).opener().open(other.client()));
      assertThat(refused.reason()).isEqualTo(Reason.ANOTHER_TPM);
      assertThat(other.loaded()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void aSecretOfTheSameTpmWithAnothersPrivateAreaIsDamaged(Machine.Kind kind) {
    try (Machine machine = kind.start("one")) {
      SealedSecret one = seal(machine, 7);
      SealedSecret two = seal(machine, 7);
      SealedSecret mixed =
          new SealedSecret(
              one.parent(),
              one.parentName(),
              one.policy(),
              false,
              two.privateArea(),
              Optional.empty(),
              one.publicArea());
      assertThat(refused(mixed.opener().open(machine.client())).reason()).isEqualTo(Reason.DAMAGED);
      assertThat(machine.loaded()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void aSecretSealedFromAfarOpensInThatTpmUnderThatPolicyAlone(Machine.Kind kind)
      throws MalformedException {
    try (Machine machine = kind.start("one");
        Machine other = kind.start("other")) {
      for (StorageParent parent :
          List.of(new StorageParent.EccPrimary(), new StorageParent.RsaPrimary())) {
        TpmtPublic area;
        try (TpmObject key = Templates.parent(machine.client(), parent)) {
          area = key.publicArea();
        }
        SealingPolicy policy = SealingPolicy.currentPcrs(machine.client(), pcrs(7));
        SealedSecret made = SealedSecret.sealFromAfar(parent, area, policy, SECRET.toArray());
        SealedSecret sealed = SealedSecret.parse(made.encoded());
        assertThat(sealed).isEqualTo(made);
        assertOpens(sealed.opener().open(machine.client()));
        assertThat(refused(sealed.opener().open(other.client())).reason())
            .isEqualTo(Reason.ANOTHER_TPM);
        byte[] altered = made.encoded().toArray();
        altered[altered.length - 1] ^= 1;
        assertThat(
                refused(SealedSecret.parse(Bytes.of(altered)).opener().open(machine.client()))
                    .reason())
            .isEqualTo(Reason.DAMAGED);
        machine.extend(7, "another state");
        assertThat(refused(sealed.opener().open(machine.client())).registers()).containsExactly(7);
      }
      assertThat(machine.loaded()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void everyParentSeals(Machine.Kind kind) {
    try (Machine machine = kind.start("one")) {
      SealingPolicy policy = SealingPolicy.currentPcrs(machine.client(), pcrs(7));
      SealedSecret rsa =
          SealedSecret.seal(
              machine.client(),
              new StorageParent.RsaPrimary(),
              policy,
              Optional.of(PIN),
              SECRET.toArray());
      assertOpens(rsa.opener().pin(PIN).open(machine.client()));
      StorageParent absent = new StorageParent.Persistent(0x81000001);
      assertThatThrownBy(
              () ->
                  SealedSecret.seal(
                      machine.client(), absent, policy, Optional.empty(), new byte[1]))
          .isInstanceOf(AttestationException.Device.class)
          .hasMessageContaining("TPM2_ReadPublic");
      assertThat(machine.loaded()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void thePinIsNeededAndAWrongOneIsCountedUntilTheTpmLocks(Machine.Kind kind) {
    try (Machine machine = kind.start("one")) {
      SealedSecret sealed = sealWithPin(machine);
      assertOpens(sealed.opener().pin(PIN).open(machine.client()));
      assertThat(refused(sealed.opener().open(machine.client())).reason())
          .isEqualTo(Reason.PIN_MISSING);
      byte[] wrong = "0000".getBytes(StandardCharsets.UTF_8);
      assertThat(refused(sealed.opener().pin(wrong).open(machine.client())).reason())
          .isEqualTo(Reason.PIN_WRONG);
      Reason last = Reason.PIN_WRONG;
      for (int i = 0; i < 64 && last == Reason.PIN_WRONG; i++) {
        last = refused(sealed.opener().pin(wrong).open(machine.client())).reason();
      }
      assertThat(last).isEqualTo(Reason.LOCKED_OUT);
      assertThat(refused(sealed.opener().pin(PIN).open(machine.client())).reason())
          .isEqualTo(Reason.LOCKED_OUT);
      assertThat(machine.loaded()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void theRightPinInAnotherStateOpensNothing(Machine.Kind kind) {
    try (Machine machine = kind.start("one")) {
      SealedSecret sealed = sealWithPin(machine);
      machine.extend(7, "another state");
      assertThat(refused(sealed.opener().pin(PIN).open(machine.client())).registers())
          .containsExactly(7);
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void neitherSecretNorPinCrossesTheTransportInTheClear(Machine.Kind kind) {
    try (Machine machine = kind.start("one")) {
      assertOpens(sealWithPin(machine).opener().pin(PIN).open(machine.client()));
      String traffic = machine.traffic().hex();
      assertThat(traffic)
          .doesNotContain(SECRET.hex())
          .doesNotContain(Bytes.of(PIN).hex())
          .doesNotContain(Bytes.of(Machine.sha256("2580")).hex());
      assertThat(machine.commands()).contains(UNSEAL);
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void aFalsifiedReplyNeverPassesForTheSecret(Machine.Kind kind) {
    try (Machine machine = kind.start("one")) {
      SealedSecret sealed = seal(machine, 7);
      for (int at : new int[] {0, 5, 13, 15, 20, 48, 55, 85, 90}) {
        machine.falsify(
            UNSEAL,
            reply -> {
              reply[at] ^= 1;
              return reply;
            });
        assertThatThrownBy(() -> sealed.opener().open(machine.client()))
            .as("byte %d", at)
            .isInstanceOf(AttestationException.Device.class)
            .hasMessageContaining("TPM2_Unseal");
        assertThat(machine.loaded()).isZero();
      }
    }
  }

  /** With userWithAuth set the empty password would open it whatever the registers hold. */
  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void onlyThePolicyUsesTheSealedObject(Machine.Kind kind) {
    try (Machine machine = kind.start("one")) {
      SealedSecret sealed = seal(machine, 7);
      assertThat(sealed.publicArea().raw().slice(4, 8).hex()).isEqualTo("00000412");
      assertThat(sealWithPin(machine).publicArea().raw().slice(4, 8).hex()).isEqualTo("00000012");
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void aClosedSecretIsZerosAndRefusesToBeRead(Machine.Kind kind) {
    try (Machine machine = kind.start("one")) {
      Opening opening = seal(machine, 7).opener().open(machine.client());
      byte[] octets = ((Opening.Opened) opening).secret().octets();
      opening.close();
      assertThat(octets).containsOnly(0);
      assertThatThrownBy(() -> ((Opening.Opened) opening).secret().octets())
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void aBankThatTheTpmLacksIsNamed(Machine.Kind kind) {
    try (Machine machine = kind.start("one")) {
      machine.falsify(0x17E, reply -> noBank());
      assertThatThrownBy(() -> SealingPolicy.currentPcrs(machine.client(), pcrs(7)))
          .isInstanceOf(AttestationException.Device.class)
          .hasMessageContaining("sha256");
    }
  }

  /** A PCR_Read reply: update counter 1, one selection of nothing in SHA-256, no values. */
  private static byte[] noBank() {
    return Bytes.ofHex("80010000001c000000000000000100000001000b0300000000000000").toArray();
  }
}

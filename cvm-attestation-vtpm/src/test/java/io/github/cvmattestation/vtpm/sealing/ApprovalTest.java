package io.github.cvmattestation.vtpm.sealing;

import static io.github.cvmattestation.vtpm.sealing.SealedSecretTest.SECRET;
import static io.github.cvmattestation.vtpm.sealing.SealedSecretTest.assertOpens;
import static io.github.cvmattestation.vtpm.sealing.SealedSecretTest.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.vtpm.ApprovalScope;
import io.github.cvmattestation.vtpm.Opening;
import io.github.cvmattestation.vtpm.Opening.Reason;
import io.github.cvmattestation.vtpm.PcrBank;
import io.github.cvmattestation.vtpm.PolicyApproval;
import io.github.cvmattestation.vtpm.PolicyKey;
import io.github.cvmattestation.vtpm.SealedSecret;
import io.github.cvmattestation.vtpm.SealingPolicy;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** S3: a kernel update does not lose the secret, and nobody but the key's owner approves one. */
class ApprovalTest {
  private static final ApprovalScope SCOPE = ApprovalScope.of("database", 3);
  private static final Bytes OLD_KERNEL = Machine.extended(Bytes.zeros(32), "kernel 1");
  private static final Bytes NEW_KERNEL = Machine.extended(Bytes.zeros(32), "kernel 2");

  /** A key's owner, who is not on the machine. */
  private record Owner(KeyPair pair, PolicyKey key) {
    static Owner of(String algorithm) {
      try {
        KeyPairGenerator generator;
        if (algorithm.equals("RSA")) {
          generator = KeyPairGenerator.getInstance("RSA");
          generator.initialize(2048);
        } else {
          generator = KeyPairGenerator.getInstance("EC");
          generator.initialize(new ECGenParameterSpec(algorithm));
        }
        KeyPair pair = generator.generateKeyPair();
        PublicKeyInfo info = PublicKeyInfo.parse(Bytes.of(pair.getPublic().getEncoded()));
        return new Owner(pair, PolicyKey.of(info));
      } catch (GeneralSecurityException | MalformedException e) {
        throw new AssertionError(e);
      }
    }

    PolicyApproval approve(ApprovalScope scope, Bytes pcr11) {
      return PolicyApproval.sign(bank(pcr11), scope, key, pair.getPrivate());
    }
  }

  private static final Owner OWNER = Owner.of("secp256r1");

  private static PcrBank bank(Bytes pcr11) {
    try {
      return PcrBank.of(HashAlgorithm.SHA256, Map.of(11, pcr11));
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  private static SealedSecret seal(Machine machine, Owner owner) {
    SealingPolicy policy = SealingPolicy.approvedBy(owner.key(), SCOPE);
    return SealedSecret.seal(machine.client(), policy, SECRET.toArray());
  }

  private static Opening open(Machine machine, SealedSecret sealed, PolicyApproval... approvals) {
    return sealed.opener().approvals(List.of(approvals)).minimumEpoch(3).open(machine.client());
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "secp256r1", "secp384r1"})
  void anApprovalThatTheKeyDoesNotSupportIsNotMade(String algorithm)
      throws GeneralSecurityException, MalformedException {
    Owner owner = Owner.of(algorithm);
    Owner stranger = Owner.of(algorithm);
    PcrBank values = bank(Bytes.zeros(32));
    assertThatThrownBy(
            () -> PolicyApproval.sign(values, SCOPE, owner.key(), stranger.pair().getPrivate()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not the key's private half");
    Bytes strange = signature(stranger, PolicyApproval.toBeSigned(values, SCOPE));
    assertNoApproval(values, owner, strange);
    ApprovalScope later = new ApprovalScope(SCOPE.purposeHash(), SCOPE.epoch() + 1);
    assertNoApproval(values, owner, signature(owner, PolicyApproval.toBeSigned(values, later)));
    Bytes right = signature(owner, PolicyApproval.toBeSigned(values, SCOPE));
    assertThat(PolicyApproval.of(values, SCOPE, owner.key(), right).values()).isEqualTo(values);
  }

  private static void assertNoApproval(PcrBank values, Owner owner, Bytes signature) {
    assertThatThrownBy(() -> PolicyApproval.of(values, SCOPE, owner.key(), signature))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("a signature of the key's over this");
  }

  private static Bytes signature(Owner owner, Bytes message) throws GeneralSecurityException {
    boolean rsa = owner.pair().getPrivate().getAlgorithm().equals("RSA");
    Signature signature = Signature.getInstance(rsa ? "SHA256withRSA" : "SHA256withECDSA");
    signature.initSign(owner.pair().getPrivate());
    signature.update(message.toArray());
    return Bytes.of(signature.sign());
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void anApprovalMadeOffTheMachineOpensTheSecretAfterAnUpdate(Machine.Kind kind)
      throws MalformedException {
    for (String algorithm : List.of("RSA", "secp256r1")) {
      Owner owner = Owner.of(algorithm);
      try (Machine machine = kind.start("one")) {
        machine.extend(11, "kernel 1");
        SealedSecret sealed = SealedSecret.parse(seal(machine, owner).encoded());
        PolicyApproval old = owner.approve(SCOPE, OLD_KERNEL);
        assertOpens(open(machine, sealed, old));
        machine.restart();
        machine.extend(11, "kernel 2");
        Opening.Refused refused = refused(open(machine, sealed, old));
        assertThat(refused.reason()).isEqualTo(Reason.REGISTERS_DIFFER);
        assertThat(refused.registers()).containsExactly(11);
        assertThat(refused.message()).contains("PCR 11 (kernel image (UKI)) differs");
        PolicyApproval fresh = PolicyApproval.parse(owner.approve(SCOPE, NEW_KERNEL).encoded());
        assertOpens(open(machine, sealed, old, fresh));
        assertThat(machine.loaded()).isZero();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void anApprovalByAnotherKeyIsForged(Machine.Kind kind) {
    try (Machine machine = kind.start("one")) {
      SealedSecret sealed = seal(machine, OWNER);
      PolicyApproval another = Owner.of("secp256r1").approve(SCOPE, Bytes.zeros(32));
      assertThat(refused(open(machine, sealed, another)).reason())
          .isEqualTo(Reason.APPROVAL_FORGED);
      PolicyApproval rsa = Owner.of("RSA").approve(SCOPE, Bytes.zeros(32));
      assertThat(refused(open(machine, sealed, rsa)).reason()).isEqualTo(Reason.APPROVAL_FORGED);
      assertThat(machine.loaded()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void aSignatureOverOtherRegisterValuesIsForged(Machine.Kind kind) {
    try (Machine machine = kind.start("one")) {
      SealedSecret sealed = seal(machine, OWNER);
      PolicyApproval elsewhere = OWNER.approve(SCOPE, NEW_KERNEL);
      PolicyApproval relabelled =
          new PolicyApproval(bank(Bytes.zeros(32)), SCOPE.policyRef(), elsewhere.signature());
      assertThat(refused(open(machine, sealed, relabelled)).reason())
          .isEqualTo(Reason.APPROVAL_FORGED);
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void anApprovalOfAnotherEpochOrPurposeDoesNotCount(Machine.Kind kind) {
    try (Machine machine = kind.start("one")) {
      SealedSecret sealed = seal(machine, OWNER);
      for (ApprovalScope other :
          List.of(
              ApprovalScope.of("database", 2),
              ApprovalScope.of("database", 4),
              ApprovalScope.of("web server", 3))) {
        PolicyApproval approval = OWNER.approve(other, Bytes.zeros(32));
        assertThat(refused(open(machine, sealed, approval)).reason()).isEqualTo(Reason.NO_APPROVAL);
        PolicyApproval relabelled =
            new PolicyApproval(approval.values(), SCOPE.policyRef(), approval.signature());
        assertThat(refused(open(machine, sealed, relabelled)).reason())
            .isEqualTo(Reason.APPROVAL_FORGED);
      }
      assertThat(refused(open(machine, sealed)).reason()).isEqualTo(Reason.NO_APPROVAL);
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void aReplayedSecretOfAPassedEpochIsNotOpened(Machine.Kind kind) {
    try (Machine machine = kind.start("one")) {
      SealedSecret sealed = seal(machine, OWNER);
      PolicyApproval approval = OWNER.approve(SCOPE, Bytes.zeros(32));
      Opening refused =
          sealed.opener().approvals(List.of(approval)).minimumEpoch(4).open(machine.client());
      assertThat(refused(refused).reason()).isEqualTo(Reason.EPOCH_PASSED);
      assertThatThrownBy(() -> sealed.opener().approvals(List.of(approval)).open(machine.client()))
          .isInstanceOf(AttestationException.Configuration.class);
      assertOpens(
          sealed.opener().approvals(List.of(approval)).allowAnyEpoch().open(machine.client()));
    }
  }

  @ParameterizedTest
  @EnumSource(Machine.Kind.class)
  void registersNamedBesideAnApprovalMustHoldAsWell(Machine.Kind kind) {
    try (Machine machine = kind.start("one")) {
      PcrBank secureBoot = machine.client().pcrs().read(HashAlgorithm.SHA256, Set.of(7));
      SealingPolicy policy = SealingPolicy.approvedBy(OWNER.key(), SCOPE).andPcrs(secureBoot);
      SealedSecret sealed = SealedSecret.seal(machine.client(), policy, SECRET.toArray());
      PolicyApproval approval = OWNER.approve(SCOPE, Bytes.zeros(32));
      assertOpens(open(machine, sealed, approval));
      machine.extend(7, "Secure Boot is off");
      assertThat(refused(open(machine, sealed, approval)).registers()).containsExactly(7);
    }
  }
}

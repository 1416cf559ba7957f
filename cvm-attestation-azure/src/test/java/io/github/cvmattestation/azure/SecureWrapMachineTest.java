package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.SecureWrapScene.codes;
import static io.github.cvmattestation.azure.SecureWrapScene.local;
import static io.github.cvmattestation.azure.SecureWrapScene.opened;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.attestation.token.VerifiedToken;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.AnswerForm;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.Unwrapping;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.WrappedSecret;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.Wrapping;
import io.github.cvmattestation.testkit.FakeKeyVault;
import io.github.cvmattestation.testkit.FakeMaa;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SimulatedCvmBuilder;
import io.github.cvmattestation.testkit.Tee;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Secure wrap with a machine's vTPM, a token of its issuer, and a policy that the HSM evaluates.
 */
class SecureWrapMachineTest {
  private static final String HOST = "contoso.managedhsm.azure.net";
  private static final String ADMITTED = "6e1c0a52-1f0d-4f3c-9b1e-5a7d2c9e4b60";
  private static final String STRANGER = "0b8f4d51-7a2e-4c66-8d3f-1f6a90c2e7d4";

  @TempDir private Path folder;

  /** Machine, issuer and HSM. */
  private record World(SimulatedCvm cvm, FakeMaa maa, FakeKeyVault hsm, ReleasePolicy policy)
      implements AutoCloseable {
    static World of(SimulatedCvmBuilder machine) {
      SimulatedCvm cvm = machine.at(MaaVm.AT).seed("secure wrap").build();
      FakeMaa maa = FakeMaa.start(MaaVm.AT, cvm);
      GuestBranch branch =
          cvm.tee() == Tee.SNP ? GuestBranch.forSnp(maa.url()) : GuestBranch.forTdx(maa.url());
      branch.vmUniqueId(ADMITTED);
      FakeKeyVault hsm = FakeKeyVault.start(HOST, MaaVm.AT);
      hsm.policyCheck(World::permits);
      return new World(cvm, maa, hsm, ReleasePolicy.anyOf(branch.build()));
    }

    private static boolean permits(Bytes policy, String token) {
      try {
        Bytes claims = Base64s.decode("claims", token.split("\\.")[1]);
        return ReleasePolicy.parse(policy).evaluate(claims).isReleased();
      } catch (MalformedException e) {
        return false;
      }
    }

    ManagedHsmSecureWrap asking(AnswerForm form) {
      hsm.secureUnwrapToGuest(form == AnswerForm.RSA_OAEP_256_TO_GUEST_KEY);
      return ManagedHsmSecureWrap.builder(hsm.vaultUrl(), VaultClient.credential(), form)
          .httpClient(new VaultClient(hsm))
          .explainer(DenialExplainer.by(policy))
          .build();
    }

    WrappedSecret wrap(ManagedHsmSecureWrap asking) {
      String key = local(hsm.addSecureWrap("wrapping", policy.canonicalJson()));
      return ((Wrapping.Wrapped) asking.wrapNewSecret(key)).secret();
    }

    VerifiedToken token(GuestKey key) {
      MaaTokenIssuer issuer =
          MaaTokenIssuer.builder(maa.url())
              .httpClient(MaaVm.client(maa, Duration.ofSeconds(60)))
              .build();
      return MaaScene.verified(
          issuer
              .verifier()
              .verify(issuer.issue(key, MaaVm.NONCE), MaaVm.NONCE, key.publicKey(), MaaVm.AT));
    }

    @Override
    public void close() {
      maa.close();
      hsm.close();
    }
  }

  private static SimulatedCvmBuilder admitted(Tee tee) {
    return SimulatedCvm.builder().tee(tee).vmUniqueId(ADMITTED);
  }

  @ParameterizedTest
  @EnumSource(Tee.class)
  void aMachineThatThePolicyAdmitsOpensTheSecretInEitherForm(Tee tee) {
    try (World world = World.of(admitted(tee));
        AzureCvmAttester attester = MaaVm.attester(world.cvm, folder);
        GuestKey key = attester.newKey(MaaVm.NONCE)) {
      VerifiedToken token = world.token(key);
      WrappedSecret wrapped = world.wrap(world.asking(AnswerForm.SECRET_ITSELF));
      try (SecretBytes plain =
              opened(world.asking(AnswerForm.SECRET_ITSELF).unwrap(wrapped, token, key));
          SecretBytes toVtpm =
              opened(
                  world.asking(AnswerForm.RSA_OAEP_256_TO_GUEST_KEY).unwrap(wrapped, token, key))) {
        assertThat(toVtpm.octets()).hasSize(32).isEqualTo(plain.octets());
      }
    }
  }

  /** Machines that have a genuine token of their own, but not what the policy wants. */
  private enum Unwelcome {
    WITHOUT_SECURE_BOOT("secureboot") {
      @Override
      SimulatedCvmBuilder change(SimulatedCvmBuilder machine) {
        return machine.secureBoot(false);
      }
    },
    DEBUGGED("debug") {
      @Override
      SimulatedCvmBuilder change(SimulatedCvmBuilder machine) {
        return machine.debug();
      }
    },
    ANOTHER_MACHINE("x-ms-azurevm-vmid") {
      @Override
      SimulatedCvmBuilder change(SimulatedCvmBuilder machine) {
        return machine.vmUniqueId(STRANGER);
      }
    };

    private final String clause;

    Unwelcome(String clause) {
      this.clause = clause;
    }

    abstract SimulatedCvmBuilder change(SimulatedCvmBuilder machine);
  }

  @ParameterizedTest
  @CsvSource({
    "SNP, WITHOUT_SECURE_BOOT",
    "SNP, DEBUGGED",
    "SNP, ANOTHER_MACHINE",
    "TDX, WITHOUT_SECURE_BOOT",
    "TDX, DEBUGGED",
    "TDX, ANOTHER_MACHINE"
  })
  void aMachineThatThePolicyDoesNotAdmitIsToldTheClause(Tee tee, Unwelcome machine) {
    try (World world = World.of(machine.change(admitted(tee)));
        AzureCvmAttester attester = MaaVm.attester(world.cvm, folder);
        GuestKey key = attester.newKey(MaaVm.NONCE)) {
      VerifiedToken token = world.token(key);
      ManagedHsmSecureWrap asking = world.asking(AnswerForm.SECRET_ITSELF);
      Unwrapping refused = asking.unwrap(world.wrap(asking), token, key);
      assertThat(codes(refused)).startsWith("RELEASE_DENIED").hasSizeGreaterThan(1);
      assertThat(((Unwrapping.Refused) refused).findings().subList(1, codes(refused).size()))
          .anySatisfy(finding -> assertThat(finding.expected()).contains(machine.clause));
    }
  }

  /** Where the answer is encrypted to the token's key, a stolen token opens nothing. */
  @ParameterizedTest
  @EnumSource(Tee.class)
  void anotherMachineThatHasTheTokenDoesNotOpenTheSecret(Tee tee) {
    SimulatedCvm thief = admitted(tee).at(MaaVm.AT).seed("thief").build();
    try (World world = World.of(admitted(tee));
        AzureCvmAttester attester = MaaVm.attester(world.cvm, folder);
        GuestKey key = attester.newKey(MaaVm.NONCE);
        AzureCvmAttester thiefs = MaaVm.attester(thief, folder);
        GuestKey other = thiefs.newKey(MaaVm.NONCE)) {
      ManagedHsmSecureWrap asking = world.asking(AnswerForm.RSA_OAEP_256_TO_GUEST_KEY);
      WrappedSecret wrapped = world.wrap(asking);
      Unwrapping refused = asking.unwrap(wrapped, world.token(key), other);
      assertThat(codes(refused)).isEqualTo(List.of("SKR_UNWRAP"));
      opened(asking.unwrap(wrapped, world.token(key), key)).close();
    }
  }
}

package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.CvmAttestation;
import io.github.cvmattestation.azure.AzureCvmVerifier;
import io.github.cvmattestation.azure.GuestBranch;
import io.github.cvmattestation.azure.MaaAgreement;
import io.github.cvmattestation.azure.ReleasePolicy;
import io.github.cvmattestation.examples.ReleaseAKey;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SimulatedCvmBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.SecretKey;
import org.junit.jupiter.api.Test;

/** The README's code inside a VM: here, because the simulated services are the command's. */
class ReleaseAKeyTest {
  private static final Bytes SECRET = Bytes.ofHex("5e".repeat(32));
  private static final String OTHER = "0b5c1f0a-77d2-4c3e-8f19-2a6d3e000002";

  private final Instant now = Instant.now();
  private final SimulatedCvmBuilder builder =
      SimulatedCvm.builder().at(now).seed("release a key").vmUniqueId(DemoMachine.VM);
  private final List<SecretKey> used = new ArrayList<>();
  private final List<Bytes> seen = new ArrayList<>();

  private void use(SecretKey key) {
    used.add(key);
    seen.add(Bytes.of(key.getEncoded()));
  }

  private static Bytes releasedTo(SimulatedCloud cloud, String vm) {
    return ReleasePolicy.anyOf(GuestBranch.forSnp(cloud.maa().url()).vmUniqueId(vm).build())
        .canonicalJson();
  }

  private CvmAttestation attestation(SimulatedCloud cloud, SimulatedCvm vm) {
    AppraisalPolicy policy = DemoMachine.policy(vm, false);
    return CvmAttestation.builder()
        .guest(cloud.attester(vm))
        .verifier(AzureCvmVerifier.builder().trustAnchors(vm.trustAnchors()).build())
        .policy(policy)
        .issuer(cloud.issuer(cloud.maa().url()))
        .agreement(new MaaAgreement())
        .releaser(
            cloud
                .releaser(
                    cloud.vault().vaultUrl(), new ManagedIdentity(cloud.web(), cloud.imds().url()))
                .build())
        .build();
  }

  @Test
  void theKeyIsThereForItsUseAndNoLonger() {
    SimulatedCvm vm = builder.build();
    try (SimulatedCloud cloud = new SimulatedCloud(vm, now);
        CvmAttestation cvm = attestation(cloud, vm)) {
      cloud.vault().addOct("disk", SECRET, releasedTo(cloud, DemoMachine.VM));
      assertThat(new ReleaseAKey(cvm).withKey("disk", this::use)).isEmpty();
      assertThat(seen).containsExactly(SECRET);
      assertThatThrownBy(() -> used.get(0).getEncoded()).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aMachineThatIsNotWantedHearsWhy() {
    SimulatedCvm vm = builder.debug().build();
    try (SimulatedCloud cloud = new SimulatedCloud(vm, now);
        CvmAttestation cvm = attestation(cloud, vm)) {
      assertThat(new ReleaseAKey(cvm).withKey("disk", this::use))
          .extracting(finding -> finding.code().name())
          .containsExactly("SNP_DEBUG");
      assertThat(seen).isEmpty();
    }
  }

  @Test
  void aKeyThatStaysIsAnExceptionWithItsRoom() {
    SimulatedCvm vm = builder.build();
    try (SimulatedCloud cloud = new SimulatedCloud(vm, now);
        CvmAttestation cvm = attestation(cloud, vm)) {
      cloud.vault().addOct("disk", SECRET, releasedTo(cloud, OTHER));
      assertThatThrownBy(() -> new ReleaseAKey(cvm).withKey("disk", this::use))
          .isInstanceOf(AttestationException.Denied.class)
          .hasMessageContaining("RELEASE");
      assertThat(seen).isEmpty();
    }
  }
}

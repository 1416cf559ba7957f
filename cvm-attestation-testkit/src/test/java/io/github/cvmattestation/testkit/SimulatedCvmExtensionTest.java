package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Nonce;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SimulatedCvmExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SimulatedCvmExtensionTest {
  private final Set<Nonce> seen = new HashSet<>();

  @Test
  void injectsAHealthyMachine(SimulatedCvm cvm, Nonce nonce) {
    assertThat(cvm.line()).isEqualTo(Line.GENOA);
    assertThat(cvm.attest(nonce).content().isEmpty()).isFalse();
  }

  @Test
  void injectsTheMachineAskedFor(
      @Simulated(line = Line.TURIN, at = "2030-01-02T03:04:05Z", secureBoot = false)
          SimulatedCvm cvm) {
    assertThat(cvm.line()).isEqualTo(Line.TURIN);
    assertThat(cvm.pki().at()).isEqualTo(Instant.parse("2030-01-02T03:04:05Z"));
    assertThat(new String(cvm.hclReport().toArray(), UTF_8)).contains("\"secure-boot\":false");
  }

  @Test
  void injectsATdxMachineWhereOneIsAskedFor(@Simulated(tee = Tee.TDX) SimulatedCvm cvm) {
    assertThat(cvm.tee()).isEqualTo(Tee.TDX);
    assertThat(cvm.endorsements().documents()).hasSize(1);
  }

  @Test
  void twoMachinesOfOneTestDiffer(SimulatedCvm one, SimulatedCvm two) {
    assertThat(one.trustAnchors()).isNotEqualTo(two.trustAnchors());
  }

  @RepeatedTest(2)
  void everyTestHasItsOwnNonce(Nonce nonce) {
    assertThat(seen.add(nonce)).isTrue();
  }
}

package io.github.cvmattestation.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.release.ReleasedKey;
import io.github.cvmattestation.attestation.release.WrappedKey;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The simulated machine goes the whole way: evidence, policy, release, unwrapping. */
class SimulatedKeySourceTest {
  @Test
  void aKeyIsReleasedToTheSimulatedMachineAgainAndAgain() {
    try (SimulatedKeySource source = new SimulatedKeySource();
        ReleasedKey first = key(source);
        ReleasedKey second = key(source)) {
      assertThat(first.kind()).isEqualTo(WrappedKey.Kind.EC);
      assertThat(second.keyId()).isEqualTo(first.keyId());
      assertThat(second.octets()).isEqualTo(first.octets());
    }
  }

  @Test
  void theServiceStartsWithNothingConfigured() throws IOException {
    try (KeyServer server = Main.start(Map.of("CVM_LISTEN", "127.0.0.1:0"), true)) {
      assertThat(server.address().getAddress().isLoopbackAddress()).isTrue();
      assertThat(server.address().getPort()).isPositive();
    }
  }

  private static ReleasedKey key(KeySource source) {
    return source.key().orThrow();
  }
}

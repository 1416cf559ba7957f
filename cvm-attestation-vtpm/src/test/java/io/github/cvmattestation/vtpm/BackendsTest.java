package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import org.junit.jupiter.api.Test;

class BackendsTest {
  @Test
  void theNativeBackendTakesPartWhereItLoads() {
    assumeTrue(
        SignatureBackends.corretto().isPresent(),
        "Amazon Corretto Crypto Provider does not load here: tests ran under two backends");

    assertThat(Fixtures.backends())
        .extracting(SignatureBackend::name)
        .contains("jdk", "bouncycastle", "corretto");
  }
}

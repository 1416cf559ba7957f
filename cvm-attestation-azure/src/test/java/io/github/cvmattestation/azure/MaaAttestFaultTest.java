package io.github.cvmattestation.azure;

import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.UNREACHABLE;
import static io.github.cvmattestation.azure.MaaVm.AT;
import static io.github.cvmattestation.azure.MaaVm.NONCE;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.azure.internal.http.Refusals;
import io.github.cvmattestation.azure.internal.http.SteppedTime;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeMaa;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each fault of an attestation service has its outcome, inside the deadline. */
@Timeout(120)
class MaaAttestFaultTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Only for a socket that really hangs. */
  private static final Duration BLINK = Duration.ofMillis(300);

  private final SimulatedCvm cvm = SimulatedCvm.builder().at(AT).seed("faults").build();
  private final FakeMaa maa = FakeMaa.start(AT, cvm);

  @TempDir private Path folder;
  private AzureCvmAttester attester;
  private GuestKey key;

  @BeforeEach
  void boot() {
    attester = MaaVm.attester(cvm, folder);
    key = attester.newKey(NONCE);
  }

  @AfterEach
  void shutDown() {
    key.close();
    attester.close();
    maa.close();
  }

  private MaaTokenIssuer issuer(Duration read, SteppedTime time) {
    HttpClient client = MaaVm.client(maa, read);
    return MaaTokenIssuer.builder(maa.url())
        .httpClient(client)
        .deadline(PATIENCE)
        .time(time)
        .build();
  }

  /** The null hierarchy makes the same key until the next reset, so that the old answer opens. */
  @Test
  void anAnswerToAnEarlierNonceIsRefuted() {
    MaaTokenIssuer issuer = issuer(PATIENCE, SteppedTime.standing());
    issuer.issue(key, NONCE);
    Nonce later = new Nonce(Bytes.ofHex("1a7e".repeat(16)));
    maa.server().fail(FakeMaa.ATTEST_GUEST, FakeFault.STALE_BODY);
    try (GuestKey next = attester.newKey(later)) {
      AttestationToken token = issuer.issue(next, later);
      MaaScene.refuted(
          issuer.verifier().verify(token, later, next.publicKey(), AT), MaaFinding.JWT_NONCE);
    }
  }

  @Test
  void aProviderThatIsNotThereIsUnreachable() {
    MaaTokenIssuer issuer = issuer(PATIENCE, SteppedTime.standing());
    maa.close();
    assertThat(Refusals.of(() -> issuer.issue(key, NONCE)).failure()).isEqualTo(UNREACHABLE);
  }

  private void verify(AttestationToken token) {
    MaaScene.verified(
        MaaTokenVerifier.builder(maa.url())
            .httpClient(MaaVm.client(maa, PATIENCE))
            .build()
            .verify(token, NONCE, key.publicKey(), AT));
  }
}

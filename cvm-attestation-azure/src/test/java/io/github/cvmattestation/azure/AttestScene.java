package io.github.cvmattestation.azure;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.testkit.FakeMaa;
import io.github.cvmattestation.testkit.FaultyServer;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.nio.file.Path;
import java.time.Duration;

/** An attestation service, asked for a token or for the keys that prove one. */
abstract class AttestScene implements FaultScene {
  final FakeMaa maa;
  final AzureCvmAttester attester;
  final GuestKey key;
  private final HttpClient client;

  private AttestScene(Path folder) {
    SimulatedCvm cvm = SimulatedCvm.builder().at(MaaVm.AT).seed("faults").build();
    maa = FakeMaa.start(MaaVm.AT, cvm);
    attester = MaaVm.attester(cvm, folder);
    key = attester.newKey(MaaVm.NONCE);
    client = MaaVm.client(maa, PATIENCE);
  }

  final MaaTokenIssuer issuer(HttpClient http, FaultTime time) {
    return MaaTokenIssuer.builder(maa.url())
        .httpClient(http)
        .deadline(Duration.ofSeconds(60))
        .time(time)
        .build();
  }

  final MaaTokenVerifier verifier(HttpClient http, FaultTime time) {
    return MaaTokenVerifier.builder(maa.url()).httpClient(http).clock(time::now).time(time).build();
  }

  final String verdict(MaaTokenVerifier verifier, AttestationToken token) {
    return FaultScene.verdict(verifier.verify(token, MaaVm.NONCE, key.publicKey(), MaaVm.AT));
  }

  @Override
  public final FaultyServer server() {
    return maa.server();
  }

  @Override
  public final HttpClient client() {
    return client;
  }

  @Override
  public void close() {
    key.close();
    attester.close();
    maa.close();
  }

  /** A token, whose stale answer is to an earlier nonce. */
  static final class Token extends AttestScene {
    private static final Nonce EARLIER = new Nonce(Bytes.ofHex("1a7e".repeat(16)));

    /** The null hierarchy makes the same key until the next reset, so that the old answer opens. */
    private final GuestKey earlier = attester.newKey(EARLIER);

    Token(Path folder) {
      super(folder);
    }

    @Override
    public String path() {
      return FakeMaa.ATTEST_GUEST;
    }

    @Override
    public Duration deadline() {
      return Duration.ofSeconds(60);
    }

    @Override
    public void prime() {
      FaultTime time = new FaultTime(MaaVm.AT);
      AttestationToken token = issuer(client(), time).issue(earlier, EARLIER);
      verdict(verifier(client(), time), token);
    }

    @Override
    public Asker asker(HttpClient http, FaultTime time) {
      MaaTokenIssuer issuer = issuer(http, time);
      MaaTokenVerifier verifier = verifier(client(), new FaultTime(MaaVm.AT));
      return () -> verdict(verifier, issuer.issue(key, MaaVm.NONCE));
    }

    @Override
    public void close() {
      earlier.close();
      super.close();
    }
  }

  /** The issuer's keys, of which the stale answer is that of before a rotation. */
  static final class Certs extends AttestScene {
    private AttestationToken token = fresh();

    Certs(Path folder) {
      super(folder);
    }

    private AttestationToken fresh() {
      return issuer(client(), new FaultTime(MaaVm.AT)).issue(key, MaaVm.NONCE);
    }

    @Override
    public String path() {
      return FakeMaa.CERTS;
    }

    @Override
    public Duration deadline() {
      return Duration.ofSeconds(20);
    }

    @Override
    public void prime() {
      verdict(verifier(client(), new FaultTime(MaaVm.AT)), token);
      maa.rotateKeys();
      token = fresh();
    }

    @Override
    public Asker asker(HttpClient http, FaultTime time) {
      MaaTokenVerifier verifier = verifier(http, time);
      return () -> verdict(verifier, token);
    }
  }
}

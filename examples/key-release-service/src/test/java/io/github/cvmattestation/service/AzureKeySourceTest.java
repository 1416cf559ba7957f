package io.github.cvmattestation.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.release.KeyLifetime;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A machine that is not there yet keeps the service closed, not from starting. */
class AzureKeySourceTest {
  private final List<String> closed = new ArrayList<>();

  private static KeySource missing() {
    throw new AttestationException.Device("/dev/tpmrm0 cannot be opened", "join the group tss");
  }

  private KeySource there() {
    return new KeySource() {
      @Override
      public Attempt<ReleasedKey> key() {
        return new Attempt.Granted<>(TestKeys.symmetric());
      }

      @Override
      public void close() {
        closed.add("machine");
      }
    };
  }

  @Test
  void theServiceAnswersBeforeTheMachineIsFoundAndOpensOnceItIs() throws Exception {
    List<Supplier<KeySource>> findings =
        new ArrayList<>(List.of(AzureKeySourceTest::missing, this::there));
    KeySource source = new AzureKeySource(() -> findings.remove(0).get());
    Door door = new Door(source, KeyLifetime.of(Duration.ofHours(1)));
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (KeyServer server = new KeyServer(any, door)) {
      door.knock();
      String ready = "http://127.0.0.1:" + server.address().getPort() + "/readyz";
      HttpRequest request = HttpRequest.newBuilder(URI.create(ready)).build();
      HttpClient client = HttpClient.newHttpClient();
      var before = client.send(request, BodyHandlers.ofString());
      assertThat(before.statusCode()).isEqualTo(503);
      assertThat(before.body())
          .isEqualTo("could not ask: /dev/tpmrm0 cannot be opened; join the group tss\n");
      door.knock();
      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
      assertThat(closed).isEmpty();
    }
    assertThat(closed).containsExactly("machine");
  }

  @Test
  void whatWasNeverFoundIsClosedWithoutAWord() {
    KeySource source = new AzureKeySource(AzureKeySourceTest::missing);
    assertThatThrownBy(source::key).isInstanceOf(AttestationException.Device.class);
    source.close();
  }
}

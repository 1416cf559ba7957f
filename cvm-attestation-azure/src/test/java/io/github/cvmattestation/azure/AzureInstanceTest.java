package io.github.cvmattestation.azure;

import static io.github.cvmattestation.attestation.AttestationException.Service.Failure.ANSWER_MALFORMED;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import io.github.cvmattestation.azure.internal.http.BoundedHttp;
import io.github.cvmattestation.azure.internal.http.Refusals;
import io.github.cvmattestation.azure.internal.http.SteppedTime;
import io.github.cvmattestation.testkit.FakeImds;
import io.github.cvmattestation.testkit.FakeResponse;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unsigned words that become parts of host names and messages. */
@Timeout(60)
class AzureInstanceTest {
  private static final SimulatedCvm SNP = Forge.machine().build();
  private static final HttpClient CLIENT =
      BoundedHttp.direct(Duration.ofSeconds(60), Duration.ofSeconds(60));

  private final Deque<FakeResponse> instead = new ArrayDeque<>();
  private final FakeImds snp = FakeImds.of(SNP);

  @AfterEach
  void close() {
    snp.close();
  }

  private AzureImds imds() {
    snp.answering(answer -> instead.isEmpty() ? answer : instead.remove());
    return new AzureImds(snp.url(), CLIENT, SteppedTime.standing());
  }

  @Test
  void theMachineIsDescribed() {
    assertThat(imds().instance())
        .isEqualTo(
            new AzureInstance(
                "02aab8a4-74ef-476e-8182-f6d2ba4166a6",
                "westeurope",
                "AzurePublicCloud",
                "Linux",
                Optional.of("ConfidentialVM")));
    assertThat(snp.server().requests().get(0).query()).isEqualTo("api-version=2025-01-01");
  }

  private AzureInstance described(String from, String to) {
    String compute =
        "{\"compute\":{\"vmId\":\"a\",\"location\":\"b\",\"azEnvironment\":\"c\",\"osType\":\"d\","
            + "\"securityProfile\":{\"securityType\":\"e\"}}}";
    assertThat(compute).contains(from);
    instead.add(FakeResponse.json(compute.replace(from, to)));
    return imds().instance();
  }

  @Test
  void aMachineOfNoSecurityTypeIsDescribed() {
    assertThat(described("\"e\"", "\"\"").securityType()).isEmpty();
    assertThat(described("\"securityType\":\"e\"", "").securityType()).isEmpty();
    assertThat(described(",\"securityProfile\":{\"securityType\":\"e\"}", "").securityType())
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"evil.example/\"",
        "\"\"",
        "\"b\\nINFO all is well\"",
        "7",
        "null",
        "\"wésteurope\"",
        "\"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\""
      })
  void aLocationThatIsNoNameIsRefused(String location) {
    assertThat(Refusals.of(() -> described("\"b\"", location)).failure())
        .isEqualTo(ANSWER_MALFORMED);
  }
}

package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.security.attestation.AttestationAdministrationClient;
import com.azure.security.attestation.AttestationAdministrationClientBuilder;
import com.azure.security.attestation.AttestationClient;
import com.azure.security.attestation.AttestationClientBuilder;
import com.azure.security.attestation.models.AttestationType;
import com.azure.security.attestation.models.PolicyModification;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.azure.internal.http.Refusals;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeMaa;
import io.github.cvmattestation.testkit.JwksWriter;
import io.github.cvmattestation.testkit.RsaSigningKey;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

/** Policies of a provider, and the Azure SDK's own clients against the fake one. */
@Timeout(120)
class MaaPolicyAdministrationTest {
  private static final MaaPolicy POLICY =
      MaaPolicy.builder()
          .authorize(
              MaaRule.permit(
                  MaaCondition.claim("secureboot")
                      .is(MaaCondition.Operator.EQUAL, MaaValue.of(true))))
          .build();

  // The SDK compares the dates of answers with the machine's clock, and takes no other.
  private final FakeMaa maa = FakeMaa.start(Instant.now(), SimulatedCvm.create());
  private final HttpClient client = MaaVm.client(maa, Duration.ofSeconds(60));

  @AfterEach
  void close() {
    maa.close();
  }

  private MaaPolicyAdministration administration() {
    return MaaPolicyAdministration.at(maa.url(), VaultClient.credential(), client);
  }

  @ParameterizedTest
  @EnumSource(MaaAttestationType.class)
  void aPolicyIsReadReplacedAndReset(MaaAttestationType kind) {
    MaaPolicyAdministration administration = administration();
    String original = administration.policy(kind);
    assertThat(original).startsWith("version=1.0;");
    administration.replace(kind, POLICY);
    assertThat(administration.policy(kind)).isEqualTo(POLICY.text());
    String path =
        switch (kind) {
          case AZURE_VM -> "AzureGuest";
          case SEV_SNP_VM -> "SevSnpVm";
          case TDX_VM -> "TdxVm";
        };
    assertThat(maa.policy(path)).isEqualTo(POLICY.text());
    administration.reset(kind);
    assertThat(administration.policy(kind)).isEqualTo(original);
  }

  @Test
  void theSdksOwnClientsWorkWithTheFakeUnmodified() {
    AttestationAdministrationClient own =
        new AttestationAdministrationClientBuilder()
            .endpoint(maa.url())
            .credential(VaultClient.credential())
            .httpClient(client)
            .buildClient();
    AttestationType guest = AttestationType.fromString("AzureGuest");
    assertThat(own.setAttestationPolicy(guest, POLICY.text()).getPolicyResolution())
        .isEqualTo(PolicyModification.UPDATED);
    assertThat(own.getAttestationPolicy(guest)).isEqualTo(POLICY.text());
    assertThat(own.resetAttestationPolicy(guest).getPolicyResolution())
        .isEqualTo(PolicyModification.REMOVED);
    AttestationClient reader =
        new AttestationClientBuilder().endpoint(maa.url()).httpClient(client).buildClient();
    assertThat(reader.listAttestationSigners().getAttestationSigners())
        .singleElement()
        .satisfies(signer -> assertThat(signer.getKeyId()).isEqualTo(FakeMaa.KID));
    assertThat(reader.getOpenIdMetadata().getIssuer()).isEqualTo(maa.url());
  }

  @Test
  void anAnswerOfAnotherIssuerIsNotBelieved() {
    FakeMaa other = FakeMaa.start(Instant.now(), SimulatedCvm.create());
    try (other) {
      HttpClient elsewhere = MaaVm.client(other, Duration.ofSeconds(60));
      // What TLS would tell apart, the issuer's name has to.
      String alias = other.url().replace("localhost", "127.0.0.1");
      MaaPolicyAdministration administration =
          MaaPolicyAdministration.at(
              alias,
              VaultClient.credential(),
              new HttpClient() {
                @Override
                public Mono<HttpResponse> send(HttpRequest request) {
                  String url = request.getUrl().toString().replace("127.0.0.1", "localhost");
                  return elsewhere.send(request.copy().setUrl(url));
                }
              });
      assertThat(Refusals.of(() -> administration.policy(MaaAttestationType.AZURE_VM)).failure())
          .isEqualTo(Failure.ANSWER_MALFORMED);
    }
  }

  /** The SDK would believe the certificate in the header (Azure/azure-sdk-for-java 50449). */
  @Test
  void aKeyThatOnlyTheAnswerItselfNamesIsNotBelieved() {
    String certificate =
        Base64.getEncoder()
            .encodeToString(JwksWriter.certificate(RsaSigningKey.of(2048, "fake MAA")).toArray());
    maa.onToken(token -> token.header("x5c", "[\"" + certificate + "\"]"));
    assertThat(administration().policy(MaaAttestationType.AZURE_VM)).isNotEmpty();
    maa.onKeys(keys -> new JwksWriter());
    notBelieved();
  }

  @Test
  void anUnsignedAnswerIsNotBelieved() {
    maa.onToken(token -> token.header("alg", "\"none\""));
    notBelieved();
  }

  @Test
  void anAnswerOfAKeyThatIsNotPublishedIsNotBelieved() {
    maa.onKeys(
        keys -> new JwksWriter().key(FakeMaa.KID, RsaSigningKey.of(2048, "another provider")));
    notBelieved();
  }

  private void notBelieved() {
    assertThat(Refusals.of(() -> administration().policy(MaaAttestationType.AZURE_VM)).failure())
        .isEqualTo(Failure.ANSWER_MALFORMED);
    assertThat(
            Refusals.of(() -> administration().replace(MaaAttestationType.AZURE_VM, POLICY))
                .failure())
        .isEqualTo(Failure.ANSWER_MALFORMED);
  }

  @Test
  void aRefusalHasItsStatusAndNothingOfItsText() {
    maa.server().fail("/policies/AzureGuest", FakeFault.NOT_FOUND);
    AttestationException.Service refusal =
        Refusals.of(() -> administration().policy(MaaAttestationType.AZURE_VM));
    assertThat(refusal.failure()).isEqualTo(Failure.HTTP_STATUS);
    assertThat(refusal.status()).isEqualTo(404);
  }

  @Test
  void aProviderThatBreaksOffIsUnreachable() {
    maa.server().fail("/policies/AzureGuest", FakeFault.RESET);
    assertThat(Refusals.of(() -> administration().policy(MaaAttestationType.AZURE_VM)).failure())
        .isEqualTo(Failure.UNREACHABLE);
  }

  @Test
  void anAnswerThatIsNoneIsMalformed() {
    maa.server().fail("/policies/AzureGuest", FakeFault.HTML);
    assertThat(
            Refusals.of(() -> administration().replace(MaaAttestationType.AZURE_VM, POLICY))
                .failure())
        .isEqualTo(Failure.ANSWER_MALFORMED);
  }
}

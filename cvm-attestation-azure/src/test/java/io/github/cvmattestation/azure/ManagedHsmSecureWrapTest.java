package io.github.cvmattestation.azure;

import static io.github.cvmattestation.azure.SecureWrapScene.GUEST;
import static io.github.cvmattestation.azure.SecureWrapScene.POLICY;
import static io.github.cvmattestation.azure.SecureWrapScene.local;
import static io.github.cvmattestation.azure.SecureWrapScene.opened;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.util.BinaryData;
import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import com.azure.security.keyvault.keys.models.KeyOperation;
import com.azure.security.keyvault.keys.models.KeyReleasePolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.Algorithm;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.AnswerForm;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.Unwrapping;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.WrappedSecret;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.Wrapping;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** Secrets of a Managed HSM's own: who is asked for them, with what, and whom they open for. */
class ManagedHsmSecureWrapTest {
  private static SecureWrapScene scene;

  @BeforeAll
  static void start() {
    scene = new SecureWrapScene();
  }

  @AfterAll
  static void stop() {
    scene.close();
  }

  @BeforeEach
  void healthy() {
    scene.heal();
  }

  @ParameterizedTest
  @EnumSource(AnswerForm.class)
  void aSecretThatTheHsmDrewIsOpenedAsOftenAsIsAsked(AnswerForm form) {
    scene.hsm.secureUnwrapToGuest(form == AnswerForm.RSA_OAEP_256_TO_GUEST_KEY);
    WrappedSecret wrapped = scene.wrapped();
    try (SecretBytes first = opened(scene.unwrap(form, wrapped));
        SecretBytes second = opened(scene.unwrap(form, wrapped));
        SecretBytes other = opened(scene.unwrap(form, scene.wrapped()))) {
      assertThat(first.octets()).hasSize(32).isEqualTo(second.octets());
      assertThat(other.octets()).isNotEqualTo(first.octets());
      assertThat(Bytes.of(first.octets()).isZero()).isFalse();
    }
  }

  @Test
  void whatIsStoredOpensAgain() {
    WrappedSecret wrapped = scene.wrapped();
    assertThat(wrapped.keyId()).isEqualTo("https://contoso.managedhsm.azure.net/keys/" + scene.key);
    assertThat(wrapped).hasToString("WrappedSecret");
    WrappedSecret stored =
        new WrappedSecret(
            wrapped.keyId(),
            ManagedHsmSecureWrap.Algorithm.valueOf(wrapped.algorithm().name()),
            Bytes.ofHex(wrapped.value().hex()));
    opened(scene.unwrap(AnswerForm.SECRET_ITSELF, stored)).close();
  }

  @Test
  void aSecretThatIsClosedIsCleared() {
    byte[] octets;
    try (SecretBytes secret = opened(scene.unwrap(AnswerForm.SECRET_ITSELF, scene.wrapped()))) {
      octets = secret.octets();
      assertThat(Bytes.of(octets).isZero()).isFalse();
    }
    assertThat(Bytes.of(octets).isZero()).isTrue();
  }

  @Test
  void aGuestThatThePolicyDoesNotAdmitIsRefusedWithTheClause() {
    WrappedSecret wrapped = scene.wrapped();
    scene.hsm.policyCheck((policy, token) -> false);
    ReleasePolicy policy =
        ReleasePolicy.anyOf(
            ReleasePolicy.Branch.allOf(
                "https://issuer.example", ReleaseCondition.equal("secureboot", true)));
    Unwrapping refused =
        scene
            .builder(AnswerForm.SECRET_ITSELF)
            .explainer(DenialExplainer.by(policy))
            .build()
            .unwrap(wrapped, GUEST.token(), GUEST);
    List<Finding> findings = ((Unwrapping.Refused) refused).findings();
    assertThat(findings.get(0).code()).isEqualTo(ReleaseFinding.RELEASE_DENIED);
    assertThat(findings.get(0).actual()).isEqualTo("HTTP 403, ForbiddenByPolicy");
    assertThat(findings.get(1).expected())
        .isEqualTo("anyOf[0].authority: iss equals \"https://issuer.example\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.managedhsm.azure.net/keys/wrapping/0123",
        "https://contoso.managedhsm.azure.cn/keys/wrapping/0123",
        "https://contoso.managedhsm.azure.net/keys/wrapping",
        "https://contoso.managedhsm.azure.net/keys/../0123",
        "wrapping/0123",
        ""
      })
  void theTokenIsShownToNoOtherHsm(String keyId) {
    int before = scene.hsm.server().requests().size();
    WrappedSecret wrapped = new WrappedSecret(keyId, Algorithm.RSA_OAEP_256, Bytes.zeros(256));
    assertThatThrownBy(() -> scene.unwrap(AnswerForm.SECRET_ITSELF, wrapped))
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageNotContaining("evil");
    assertThat(scene.hsm.server().requests()).hasSize(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"wrapping", "", "a/b/c", "../x", "wrapping/", "wrapping/a?b"})
  void aVersionIsNamed(String name) {
    assertThatThrownBy(() -> scene.asking(AnswerForm.SECRET_ITSELF).wrapNewSecret(name))
        .isInstanceOf(AttestationException.Configuration.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://contoso.vault.azure.net",
        "https://managedhsm.vault.azure.net",
        "https://contoso.vault.azure.cn",
        "https://contoso.vault.usgovcloudapi.net",
        "https://contoso.managedhsm.azure.net.evil.example",
        "http://contoso.managedhsm.azure.net"
      })
  void whatIsNoManagedHsmIsNotAsked(String url) {
    assertThatThrownBy(
            () ->
                ManagedHsmSecureWrap.builder(
                    url, VaultClient.credential(), AnswerForm.SECRET_ITSELF))
        .isInstanceOf(AttestationException.Configuration.class);
  }

  @ParameterizedTest
  @CsvSource({
    "https://contoso.managedhsm.azure.net, https://managedhsm.azure.net/.default",
    "https://contoso.managedhsm.azure.cn, https://managedhsm.azure.cn/.default",
    "https://Contoso.ManagedHsm.usgovcloudapi.net, https://managedhsm.usgovcloudapi.net/.default"
  })
  void theCredentialIsAskedForTheHsmsOwnDomainAlone(String url, String scope) {
    List<String> scopes = new ArrayList<>();
    TokenCredential credential =
        context -> {
          scopes.addAll(context.getScopes());
          return Mono.just(
              new AccessToken("bearer", OffsetDateTime.of(2999, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC)));
        };
    ManagedHsmSecureWrap asking =
        ManagedHsmSecureWrap.builder(url, credential, AnswerForm.SECRET_ITSELF)
            .httpClient(request -> Mono.error(new IOException("nobody there")))
            .time(new FaultTime(Instant.now()))
            .build();
    assertThatThrownBy(() -> asking.wrapNewSecret(scene.key))
        .isInstanceOf(AttestationException.Service.class);
    assertThat(scopes).containsExactly(scope);
  }

  @Test
  void aKeyThatMayLeaveTheHsmWrapsNothing() {
    String exportable = local(scene.hsm.addRsa("exportable", POLICY));
    AttestationException.Service failure =
        catchThrowableOfType(
            AttestationException.Service.class,
            () -> scene.asking(AnswerForm.SECRET_ITSELF).wrapNewSecret(exportable));
    assertThat(failure.status()).isEqualTo(400);
    assertThat(failure.remedy()).contains("not exportable");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aKeyForThisIsMadeWithAPolicyAndNotExportable(boolean exportable) {
    KeyClient keys = scene.keys();
    CreateRsaKeyOptions options =
        new CreateRsaKeyOptions("made")
            .setHardwareProtected(true)
            .setKeySize(2048)
            .setKeyOperations(
                KeyOperation.fromString("secureWrapKey"),
                KeyOperation.fromString("secureUnwrapKey"))
            .setExportable(exportable)
            .setReleasePolicy(new KeyReleasePolicy(BinaryData.fromBytes(POLICY.toArray())));
    if (exportable) {
      assertThatThrownBy(() -> keys.createRsaKey(options))
          .isInstanceOf(HttpResponseException.class);
    } else {
      String made = local(keys.createRsaKey(options).getId());
      assertThat(scene.asking(AnswerForm.SECRET_ITSELF).wrapNewSecret(made))
          .isInstanceOf(Wrapping.Wrapped.class);
    }
  }
}

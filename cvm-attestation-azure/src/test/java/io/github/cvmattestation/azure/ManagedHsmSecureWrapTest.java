package io.github.cvmattestation.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
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
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.RsaPadding;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.AnswerForm;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.Unwrapping;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.WrappedSecret;
import io.github.cvmattestation.azure.ManagedHsmSecureWrap.Wrapping;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.keyvault.VaultClients;
import io.github.cvmattestation.testkit.FakeFault;
import io.github.cvmattestation.testkit.FakeKeyVault;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
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

/** Secrets of a Managed HSM's own: opened for a guest, refused, and lied about. */
class ManagedHsmSecureWrapTest {
  private static final Bytes POLICY = Bytes.of("{\"version\":\"1.0.0\"}".getBytes(UTF_8));
  private static final SoftGuest GUEST = new SoftGuest();

  private static FakeKeyVault hsm;
  private static VaultClient client;
  private static String key;

  @BeforeAll
  static void start() {
    hsm = FakeKeyVault.start("contoso.managedhsm.azure.net", Instant.now());
    client = new VaultClient(hsm);
    key = local(hsm.addSecureWrap("wrapping", POLICY));
  }

  @AfterAll
  static void stop() {
    hsm.close();
  }

  @BeforeEach
  void healthy() {
    hsm.server().heal();
    hsm.policyCheck((policy, token) -> true)
        .onSecureWrap(answer -> answer)
        .secureUnwrapToGuest(false);
  }

  @ParameterizedTest
  @EnumSource(AnswerForm.class)
  void aSecretThatTheHsmDrewIsOpenedAsOftenAsIsAsked(AnswerForm form) {
    hsm.secureUnwrapToGuest(form == AnswerForm.RSA_OAEP_256_TO_GUEST_KEY);
    WrappedSecret wrapped = wrapped();
    try (SecretBytes first = opened(unwrap(form, wrapped));
        SecretBytes second = opened(unwrap(form, wrapped));
        SecretBytes other = opened(unwrap(form, wrapped()))) {
      assertThat(first.octets()).hasSize(32).isEqualTo(second.octets());
      assertThat(other.octets()).isNotEqualTo(first.octets());
      assertThat(Bytes.of(first.octets()).isZero()).isFalse();
    }
  }

  @Test
  void whatIsStoredOpensAgain() {
    WrappedSecret wrapped = wrapped();
    assertThat(wrapped.keyId()).isEqualTo("https://contoso.managedhsm.azure.net/keys/" + key);
    assertThat(wrapped).hasToString("WrappedSecret");
    WrappedSecret stored =
        new WrappedSecret(
            wrapped.keyId(),
            ManagedHsmSecureWrap.Algorithm.valueOf(wrapped.algorithm().name()),
            Bytes.ofHex(wrapped.value().hex()));
    opened(unwrap(AnswerForm.SECRET_ITSELF, stored)).close();
  }

  @ParameterizedTest
  @EnumSource(AnswerForm.class)
  void anAnswerInTheOtherFormIsRefused(AnswerForm form) {
    hsm.secureUnwrapToGuest(form == AnswerForm.SECRET_ITSELF);
    assertThat(codes(unwrap(form, wrapped()))).containsExactly("SKR_FORM");
  }

  @Test
  void aSecretWrappedToAnotherGuestIsNotOpened() {
    hsm.secureUnwrapToGuest(true);
    Unwrapping refused =
        hsm(AnswerForm.RSA_OAEP_256_TO_GUEST_KEY).unwrap(wrapped(), new SoftGuest().token(), GUEST);
    assertThat(codes(refused)).containsExactly("SKR_UNWRAP");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 16, 31, 33, 64})
  void aMessageThatIsNoAesKeyIsClearedAndRefused(int size) {
    hsm.secureUnwrapToGuest(true);
    byte[] message = new byte[size];
    Arrays.fill(message, (byte) 0x5a);
    Unwrapping refused =
        hsm(AnswerForm.RSA_OAEP_256_TO_GUEST_KEY)
            .unwrap(wrapped(), GUEST.token(), new Opening(message));
    assertThat(codes(refused)).containsExactly("SKR_UNWRAP");
    assertThat(message).containsOnly(new byte[size]);
  }

  @Test
  void aSecretThatIsClosedIsCleared() {
    byte[] octets;
    try (SecretBytes secret = opened(unwrap(AnswerForm.SECRET_ITSELF, wrapped()))) {
      octets = secret.octets();
      assertThat(Bytes.of(octets).isZero()).isFalse();
    }
    assertThat(Bytes.of(octets).isZero()).isTrue();
  }

  @Test
  void aGuestThatThePolicyDoesNotAdmitIsRefusedWithTheClause() {
    WrappedSecret wrapped = wrapped();
    hsm.policyCheck((policy, token) -> false);
    ReleasePolicy policy =
        ReleasePolicy.anyOf(
            ReleasePolicy.Branch.allOf(
                "https://issuer.example", ReleaseCondition.equal("secureboot", true)));
    Unwrapping refused =
        builder(AnswerForm.SECRET_ITSELF)
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
  @CsvSource({
    "/keys/wrapping/, /keys/other/, SKR_KEY_ID",
    "contoso.managedhsm, fabrikam.managedhsm, SKR_KEY_ID",
    "managedhsm.azure.net, managedhsm.azure.cn, SKR_KEY_ID",
    "https:, http:, SKR_KEY_ID",
    "'\",\"value', '0\",\"value', SKR_KEY_ID",
    "RSA-OAEP-256, RSA-OAEP, SKR_ENC",
    "RSA-OAEP-256, rsa-oaep-256, SKR_ENC",
    "RSA-OAEP-256, A256KW, SKR_ENC",
    "'\"kid\":', '\"id\":', SKR_FORM",
    "'\"alg\":', '\"enc\":', SKR_FORM",
    "'\"value\":', '\"val\":', SKR_FORM",
    "'\"value\":\"', '\"value\":\"AAAA', SKR_FORM",
    "'\"value\":\"', '\"value\":\"!', SKR_FORM",
    "'{', '{\"kid\":\"a\",', SKR_FORM",
    "'}', '', SKR_FORM"
  })
  void aLieInEitherAnswerIsRefused(String old, String lie, String code) {
    WrappedSecret wrapped = wrapped();
    hsm.onSecureWrap(
        answer -> {
          assertThat(answer).contains(old);
          return answer.replace(old, lie);
        });
    assertThat(codes(hsm(AnswerForm.SECRET_ITSELF).wrapNewSecret(key))).containsExactly(code);
    assertThat(codes(unwrap(AnswerForm.SECRET_ITSELF, wrapped))).containsExactly(code);
  }

  @Test
  void anotherVersionOfTheKeyIsAnotherKey() {
    String newer = local(hsm.addSecureWrap("wrapping", POLICY));
    hsm.onSecureWrap(answer -> answer.replace(key, newer));
    assertThat(codes(hsm(AnswerForm.SECRET_ITSELF).wrapNewSecret(key)))
        .containsExactly("SKR_KEY_ID");
  }

  @Test
  void aTruncatedAnswerIsRefused() {
    hsm.onSecureWrap(answer -> answer.replaceAll("\"value\":\"....", "\"value\":\""));
    WrappedSecret wrapped = new WrappedSecret(hsmKey(), algorithm(), Bytes.zeros(256));
    assertThat(codes(hsm(AnswerForm.SECRET_ITSELF).wrapNewSecret(key))).containsExactly("SKR_FORM");
    assertThatThrownBy(() -> unwrap(AnswerForm.SECRET_ITSELF, wrapped))
        .isInstanceOf(AttestationException.Service.class);
  }

  @Test
  void anAnswerBeyondAllSizesIsRefused() {
    hsm.onSecureWrap(answer -> answer.replace("{", "{\"more\":\"" + "a".repeat(4096) + "\","));
    assertThat(codes(hsm(AnswerForm.SECRET_ITSELF).wrapNewSecret(key))).containsExactly("SKR_FORM");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 32, 255, 257, 513})
  void whatIsNoWrappedSecretIsNotSent(int size) {
    int before = hsm.server().requests().size();
    WrappedSecret wrapped = new WrappedSecret(hsmKey(), algorithm(), Bytes.zeros(size));
    assertThat(codes(unwrap(AnswerForm.SECRET_ITSELF, wrapped))).containsExactly("SKR_FORM");
    assertThat(hsm.server().requests()).hasSize(before);
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
    int before = hsm.server().requests().size();
    WrappedSecret wrapped = new WrappedSecret(keyId, algorithm(), Bytes.zeros(256));
    assertThatThrownBy(() -> unwrap(AnswerForm.SECRET_ITSELF, wrapped))
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageNotContaining("evil");
    assertThat(hsm.server().requests()).hasSize(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"wrapping", "", "a/b/c", "../x", "wrapping/", "wrapping/a?b"})
  void aVersionIsNamed(String name) {
    assertThatThrownBy(() -> hsm(AnswerForm.SECRET_ITSELF).wrapNewSecret(name))
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
            .time(new Steps())
            .build();
    assertThatThrownBy(() -> asking.wrapNewSecret(key))
        .isInstanceOf(AttestationException.Service.class);
    assertThat(scopes).containsExactly(scope);
  }

  @Test
  void aKeyThatMayLeaveTheHsmWrapsNothing() {
    String exportable = local(hsm.addRsa("exportable", POLICY));
    AttestationException.Service failure =
        catchThrowableOfType(
            AttestationException.Service.class,
            () -> hsm(AnswerForm.SECRET_ITSELF).wrapNewSecret(exportable));
    assertThat(failure.status()).isEqualTo(400);
    assertThat(failure.remedy()).contains("not exportable");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aKeyForThisIsMadeWithAPolicyAndNotExportable(boolean exportable) {
    KeyClient keys =
        VaultClients.client(
            "contoso.managedhsm.azure.net", VaultClient.credential(), client, new Steps());
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
      assertThat(hsm(AnswerForm.SECRET_ITSELF).wrapNewSecret(made))
          .isInstanceOf(Wrapping.Wrapped.class);
    }
  }

  @Test
  void aSecretOfAnotherKeyIsNotOpened() {
    String other = hsm.addSecureWrap("other", POLICY);
    WrappedSecret moved = new WrappedSecret(other, algorithm(), wrapped().value());
    AttestationException.Service failure =
        catchThrowableOfType(
            AttestationException.Service.class, () -> unwrap(AnswerForm.SECRET_ITSELF, moved));
    assertThat(failure.status()).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "THROTTLED, ENDPOINT_THROTTLED, 429",
    "UNAVAILABLE, HTTP_STATUS, 503",
    "REDIRECT, HTTP_REDIRECT, 302",
    "GZIP_BOMB, INPUT_LIMIT, 0",
    "ENDLESS, INPUT_LIMIT, 0",
    "TRUNCATED, TRUNCATED, 0",
    "RESET, UNREACHABLE, 0"
  })
  void everyFaultIsNamed(FakeFault fault, AttestationException.Service.Failure kind, int status) {
    WrappedSecret wrapped = wrapped();
    hsm.server().fail("/keys/" + key + "/secureunwrapkey", fault);
    AttestationException.Service failure =
        catchThrowableOfType(
            AttestationException.Service.class, () -> unwrap(AnswerForm.SECRET_ITSELF, wrapped));
    assertThat(failure.failure()).isEqualTo(kind);
    assertThat(failure.status()).isEqualTo(status);
    assertThat(failure.getCause()).isNull();
  }

  /** Whoever can replace what is stored chooses the secret: the type's Javadoc says so. */
  @Test
  void aSecretThatAStrangerWrappedIsOpenedLikeAnyOther() {
    WrappedSecret first = wrapped();
    WrappedSecret strangers = wrapped();
    try (SecretBytes mine = opened(unwrap(AnswerForm.SECRET_ITSELF, first));
        SecretBytes his =
            opened(
                unwrap(
                    AnswerForm.SECRET_ITSELF,
                    new WrappedSecret(first.keyId(), algorithm(), strangers.value())))) {
      assertThat(his.octets()).isNotEqualTo(mine.octets());
    }
  }

  /** A guest key that opens everything, to the same message. */
  private record Opening(byte[] message) implements GuestKey {
    @Override
    public PublicKeyInfo.Rsa publicKey() {
      return GUEST.publicKey();
    }

    @Override
    public Evidence evidence() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Evidence statement() {
      throw new UnsupportedOperationException();
    }

    @Override
    public Decryption decrypt(Bytes ciphertext, RsaPadding padding) {
      assertThat(padding).isEqualTo(RsaPadding.OAEP_SHA256);
      return new Decryption.Decrypted(new SecretBytes(message));
    }

    @Override
    public void close() {}
  }

  /** Time that passes when somebody waits, and never otherwise. */
  private static final class Steps implements HttpTime {
    private Instant now = Instant.now();

    @Override
    public synchronized Instant now() {
      return now;
    }

    @Override
    public synchronized void pause(Duration pause) {
      now = now.plus(pause);
    }
  }

  private static ManagedHsmSecureWrap.Builder builder(AnswerForm form) {
    return ManagedHsmSecureWrap.builder(hsm.vaultUrl(), VaultClient.credential(), form)
        .httpClient(client)
        .time(new Steps());
  }

  private static ManagedHsmSecureWrap hsm(AnswerForm form) {
    return builder(form).build();
  }

  private static WrappedSecret wrapped() {
    Wrapping wrapping = hsm(AnswerForm.SECRET_ITSELF).wrapNewSecret(key);
    assertThat(wrapping).isInstanceOf(Wrapping.Wrapped.class);
    return ((Wrapping.Wrapped) wrapping).secret();
  }

  private static Unwrapping unwrap(AnswerForm form, WrappedSecret wrapped) {
    return hsm(form).unwrap(wrapped, GUEST.token(), GUEST);
  }

  private static SecretBytes opened(Unwrapping unwrapping) {
    assertThat(unwrapping).isInstanceOf(Unwrapping.Unwrapped.class);
    return ((Unwrapping.Unwrapped) unwrapping).secret();
  }

  private static List<String> codes(Wrapping wrapping) {
    assertThat(wrapping).isInstanceOf(Wrapping.Refused.class);
    return names(((Wrapping.Refused) wrapping).findings());
  }

  private static List<String> codes(Unwrapping unwrapping) {
    assertThat(unwrapping).isInstanceOf(Unwrapping.Refused.class);
    return names(((Unwrapping.Refused) unwrapping).findings());
  }

  private static List<String> names(List<Finding> findings) {
    return findings.stream().map(finding -> finding.code().name()).toList();
  }

  private static ManagedHsmSecureWrap.Algorithm algorithm() {
    return ManagedHsmSecureWrap.Algorithm.RSA_OAEP_256;
  }

  private static String hsmKey() {
    return hsm.vaultUrl() + "/keys/" + key;
  }

  private static String local(String url) {
    return url.substring(url.indexOf("/keys/") + "/keys/".length());
  }
}

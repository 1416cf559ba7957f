package io.github.cvmattestation.azure;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.exception.ResourceNotFoundException;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.KeyClientBuilder;
import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import com.azure.security.keyvault.keys.models.ImportKeyOptions;
import com.azure.security.keyvault.keys.models.JsonWebKey;
import com.azure.security.keyvault.keys.models.KeyExportEncryptionAlgorithm;
import com.azure.security.keyvault.keys.models.KeyReleasePolicy;
import com.azure.security.keyvault.keys.models.KeyType;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import com.azure.security.keyvault.keys.models.ReleaseKeyOptions;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.testkit.FakeKeyVault;
import java.time.Instant;
import java.util.Map;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The Azure SDK's own client, as it comes, works with the fake: it is not tuned to ours. */
class FakeKeyVaultTest {
  private static final String POLICY = "{\"version\":\"1.0.0\"}";
  private static final SoftGuest GUEST = new SoftGuest();
  private static FakeKeyVault vault;
  private static KeyClient client;

  @BeforeAll
  static void start() {
    vault = FakeKeyVault.start("contoso.managedhsm.azure.net", Instant.now());
    client =
        new KeyClientBuilder()
            .vaultUrl(vault.vaultUrl())
            .credential(VaultClient.credential())
            .httpClient(new VaultClient(vault))
            .buildClient();
  }

  @AfterAll
  static void stop() {
    vault.close();
  }

  @Test
  void aKeyIsCreatedReadAndReleased() {
    KeyVaultKey created =
        client.createRsaKey(
            new CreateRsaKeyOptions("made")
                .setHardwareProtected(true)
                .setKeySize(2048)
                .setExportable(true)
                .setReleasePolicy(policy()));
    assertThat(created.getKeyType()).isEqualTo(KeyType.RSA_HSM);
    KeyVaultKey read = client.getKey("made");
    assertThat(read.getId()).isEqualTo(created.getId());
    assertThat(read.getKey().getN()).isEqualTo(created.getKey().getN()).hasSize(256);
    assertThat(read.getProperties().isExportable()).isTrue();
    assertThat(read.getProperties().getReleasePolicy().getEncodedPolicy().toString())
        .isEqualTo(POLICY);
    assertThat(client.getKey("made", created.getProperties().getVersion()).getId())
        .isEqualTo(created.getId());
    String jws =
        client
            .releaseKeyWithResponse(
                "made",
                created.getProperties().getVersion(),
                GUEST.token().token().compact(),
                new ReleaseKeyOptions()
                    .setNonce("nonce")
                    .setAlgorithm(KeyExportEncryptionAlgorithm.RSA_AES_KEY_WRAP_256),
                Context.NONE)
            .getValue()
            .getValue();
    assertThat(jws.split("\\.")).hasSize(3);
  }

  @Test
  void aKeyIsImported() {
    JsonWebKey key =
        JsonWebKey.fromAes(new SecretKeySpec("0123456789abcdef".getBytes(UTF_8), "AES"))
            .setKeyType(KeyType.OCT_HSM);
    ImportKeyOptions options = new ImportKeyOptions("brought", key).setHardwareProtected(true);
    options.setExportable(true);
    options.setReleasePolicy(policy());
    KeyVaultKey kept = client.importKey(options);
    assertThat(kept.getKey().getK()).isNull();
    assertThat(client.getKey("brought").getId()).isEqualTo(kept.getId());
  }

  @Test
  void aKeyThatMayLeaveHasAPolicy() {
    CreateRsaKeyOptions options =
        new CreateRsaKeyOptions("lawless").setHardwareProtected(true).setExportable(true);
    assertThatThrownBy(() -> client.createRsaKey(options))
        .isInstanceOfSatisfying(
            HttpResponseException.class,
            e -> assertThat(e.getResponse().getStatusCode()).isEqualTo(400));
  }

  @Test
  void aKeyThatIsNotThereIsNotFound() {
    assertThatThrownBy(() -> client.getKey("nowhere"))
        .isInstanceOf(ResourceNotFoundException.class);
  }

  /**
   * The SDK's version-less release has an empty path segment, which the service does not document.
   */
  @Test
  void theSdksOwnRequestForTheNewestVersionIsNotServed() {
    vault.addOct("newest", Bytes.zeros(32), policyBytes());
    assertThatThrownBy(() -> client.releaseKey("newest", GUEST.token().token().compact()))
        .isInstanceOf(ResourceNotFoundException.class);
  }

  /** The SDK hands the error on as a map. */
  @Test
  void aRefusalArrivesAsTheSdkKnowsIt() {
    String url = vault.addOct("guarded", Bytes.zeros(32), policyBytes());
    String version = url.substring(url.lastIndexOf('/') + 1);
    vault.policyCheck((policy, token) -> !policy.equals(policyBytes()));
    try {
      assertThatThrownBy(
              () -> client.releaseKey("guarded", version, GUEST.token().token().compact()))
          .isInstanceOfSatisfying(
              HttpResponseException.class,
              e -> {
                assertThat(e.getResponse().getStatusCode()).isEqualTo(403);
                assertThat(e.getValue()).isInstanceOf(Map.class);
              });
    } finally {
      vault.policyCheck((policy, token) -> true);
    }
  }

  private static KeyReleasePolicy policy() {
    return new KeyReleasePolicy(BinaryData.fromString(POLICY));
  }

  private static Bytes policyBytes() {
    return Bytes.of(POLICY.getBytes(UTF_8));
  }
}

package io.github.cvmattestation.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A wrong configuration is said at once, completely, and before anybody is asked for a key. */
class SettingsTest {
  private static final String POLICY =
      """
      {"snp": {"productLines": ["Genoa"], "tcb": "ignore", "measurement": "ignore",
        "reportData": "ignore", "hostData": "ignore", "idBlock": "ignore", "chip": "ignore"},
       "azure": {"vmUniqueIds": "ignore", "pcrs": "ignore"}}
      """;

  @TempDir private Path folder;
  private final Map<String, String> complete = new HashMap<>();

  @BeforeEach
  void complete() throws IOException {
    Path policy = Files.writeString(folder.resolve("policy.json"), POLICY);
    complete.put("CVM_KEY_NAME", "signing-key");
    complete.put("CVM_VAULT_URL", "https://contoso.vault.azure.net");
    complete.put("CVM_MAA_URL", "https://contoso.weu.attest.azure.net/");
    complete.put("CVM_POLICY_FILE", policy.toString());
  }

  @Test
  void aCompleteEnvironmentIsReadAsItIs() {
    complete.put("CVM_LISTEN", "127.0.0.1:0");
    complete.put("CVM_KEY_LIFETIME", "PT5M");
    Settings settings = Settings.read(complete, false);
    assertThat(settings.lifetime()).isEqualTo(Duration.ofMinutes(5));
    assertThat(settings.address().getPort()).isZero();
    assertThat(settings.azure().orElseThrow().keyName()).isEqualTo("signing-key");
    assertThat(settings.azure().orElseThrow().clientId()).isEmpty();
  }

  @Test
  void itListensOnTheLoopbackInterfaceUnlessToldOtherwise() {
    assertThat(Settings.read(complete, false).address().getAddress().isLoopbackAddress()).isTrue();
  }

  @Test
  void everythingThatIsMissingIsNamedAtOnce() {
    assertThatThrownBy(() -> Settings.read(Map.of(), false))
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContainingAll("CVM_KEY_NAME", "CVM_VAULT_URL", "CVM_MAA_URL", "CVM_POLICY_FILE");
  }

  @ParameterizedTest
  @CsvSource({
    "CVM_LISTEN, 8080",
    "CVM_LISTEN, 127.0.0.1:65536",
    "CVM_LISTEN, 'no host:80'",
    "CVM_KEY_LIFETIME, 60",
    "CVM_KEY_LIFETIME, PT59S",
    "CVM_KEY_LIFETIME, PT24H0.001S",
    "CVM_KEY_NAME, signing/key",
    "CVM_VAULT_URL, http://contoso.vault.azure.net",
    "CVM_VAULT_URL, https://contoso.vault.azure.net/keys/a",
    "CVM_VAULT_URL, https://user@contoso.vault.azure.net",
    "CVM_MAA_URL, contoso.weu.attest.azure.net",
    "CVM_POLICY_FILE, /nowhere/policy.json",
    "CVM_VAULT_URL, https://contoso.evil.example",
    "CVM_VAULT_URL, https://contoso.vault.azure.net.evil.example",
    "CVM_BOOT_LOG, /nowhere/boot.log",
    "CVM_IDENTITY_CLIENT_ID, my identity",
  })
  void aValueThatCannotBeMeantIsNamedButNotRepeated(String name, String value) {
    complete.put(name, value);
    assertThatThrownBy(() -> Settings.read(complete, false))
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageStartingWith(name + " ");
  }

  @Test
  void mistakesOfEveryKindAreNamedAtOnce() throws IOException {
    Files.writeString(folder.resolve("policy.json"), "{\"snp\": 1}");
    complete.put("CVM_VAULT_URL", "https://evil.example");
    complete.put("CVM_LISTEN", "nowhere");
    complete.put("CVM_KEY_NAME", "a_b");
    assertThatThrownBy(() -> Settings.read(complete, false))
        .isInstanceOf(AttestationException.Configuration.class)
        .hasMessageContainingAll(
            "CVM_LISTEN is no", "CVM_KEY_NAME has", "CVM_VAULT_URL is not the URL of a Key Vault")
        .hasMessageContaining("CVM_POLICY_FILE names a file with a mistake: policy.snp");
  }

  @Test
  void aCopyOfTheBootLogAndAnIdentityMayBeNamed() throws IOException {
    Path log = Files.writeString(folder.resolve("boot.log"), "log");
    complete.put("CVM_BOOT_LOG", log.toString());
    complete.put("CVM_IDENTITY_CLIENT_ID", "2DEDC52A-6832-46ce-9910-e8c9980bf5a7");
    Settings.Azure azure = Settings.read(complete, false).azure().orElseThrow();
    assertThat(azure.bootLog()).contains(log);
    assertThat(azure.clientId()).contains("2DEDC52A-6832-46ce-9910-e8c9980bf5a7");
  }

  @Test
  void theSimulatedMachineNeedsNothing() {
    assertThat(Settings.read(Map.of(), true).azure()).isEmpty();
  }

  @Test
  void theProcessEndsWithTwoAndSaysWhy() {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream err = new PrintStream(said, true, StandardCharsets.UTF_8);
    assertThat(Main.run(List.of(), Map.of(), err)).isEqualTo(2);
    assertThat(said.toString(StandardCharsets.UTF_8)).contains("CVM_VAULT_URL is not set");
    assertThat(Main.run(List.of("--simulate"), Map.of(), err)).isEqualTo(2);
  }
}

package io.github.cvmattestation.service;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ReferenceValues;
import io.github.cvmattestation.azure.KeyVaultReleaser;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import reactor.core.publisher.Mono;

/**
 * What the environment says, all of it checked before anybody is asked for anything.
 *
 * @param address where to listen
 * @param lifetime how long a key is used before it must be released again
 * @param azure what it takes on a real machine; empty for the simulated one, which needs nothing
 */
record Settings(InetSocketAddress address, Duration lifetime, Optional<Azure> azure) {
  static final String LISTEN = "CVM_LISTEN";
  static final String LIFETIME = "CVM_KEY_LIFETIME";
  static final String KEY_NAME = "CVM_KEY_NAME";
  static final String VAULT_URL = "CVM_VAULT_URL";
  static final String MAA_URL = "CVM_MAA_URL";
  static final String POLICY_FILE = "CVM_POLICY_FILE";
  static final String BOOT_LOG = "CVM_BOOT_LOG";
  static final String CLIENT_ID = "CVM_IDENTITY_CLIENT_ID";

  private static final Duration SHORTEST = Duration.ofMinutes(1);
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final int MAX_PORT = 65535;
  private static final Pattern HOST_AND_PORT = Pattern.compile("(.+):([0-9]{1,5})");
  private static final Pattern GUID =
      Pattern.compile("[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}");
  private static final Pattern NAME = Pattern.compile("[0-9A-Za-z-]{1,127}(/[0-9a-f]{32})?");

  /**
   * What it takes on a real machine.
   *
   * @param keyName the key's name at the vault; a version may follow after a slash
   * @param vaultUrl such as {@code https://contoso.vault.azure.net}
   * @param issuerUrl such as {@code https://contoso.weu.attest.azure.net}
   * @param policy what this machine must be
   * @param bootLog a copy of the log of this boot, where the service may not read the original
   * @param clientId which managed identity asks, where the machine has several
   */
  record Azure(
      String keyName,
      String vaultUrl,
      String issuerUrl,
      AppraisalPolicy policy,
      Optional<Path> bootLog,
      Optional<String> clientId) {}

  /**
   * Reads the environment.
   *
   * @throws AttestationException.Configuration that names everything that is wrong, not the first
   *     alone
   */
  static Settings read(Map<String, String> environment, boolean simulated) {
    Reader in = new Reader(environment);
    InetSocketAddress address = in.address();
    Duration lifetime = in.lifetime();
    Optional<Azure> azure = simulated ? Optional.empty() : in.azure();
    if (!in.problems.isEmpty()) {
      throw new AttestationException.Configuration(
          String.join("; ", in.problems), "see the table of variables in the service's README");
    }
    return new Settings(address, lifetime, azure);
  }

  /** Goes on after a mistake, to report all of them. */
  private static final class Reader {
    private final Map<String, String> environment;
    private final List<String> problems = new ArrayList<>();

    private Reader(Map<String, String> environment) {
      this.environment = environment;
    }

    private Optional<String> optional(String name) {
      return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    private String required(String name, String example) {
      Optional<String> value = optional(name);
      if (value.isEmpty()) {
        problems.add(name + " is not set, for example to " + example);
      }
      return value.orElse("");
    }

    private InetSocketAddress address() {
      var parts = HOST_AND_PORT.matcher(optional(LISTEN).orElse("127.0.0.1:8080"));
      if (parts.matches() && Integer.parseInt(parts.group(2)) <= MAX_PORT) {
        var address = new InetSocketAddress(parts.group(1), Integer.parseInt(parts.group(2)));
        if (!address.isUnresolved()) {
          return address;
        }
      }
      problems.add(LISTEN + " is no address and port of this machine, such as 127.0.0.1:8080");
      return new InetSocketAddress(0);
    }

    private Duration lifetime() {
      try {
        Duration lifetime = Duration.parse(optional(LIFETIME).orElse("PT1H"));
        if (lifetime.compareTo(SHORTEST) >= 0 && lifetime.compareTo(LONGEST) <= 0) {
          return lifetime;
        }
      } catch (DateTimeParseException e) {
        // Said below: a duration in another form is as wrong as one that is too long.
      }
      problems.add(LIFETIME + " is no duration from PT1M to P1D, such as PT1H for an hour");
      return SHORTEST;
    }

    private Optional<Azure> azure() {
      String keyName = required(KEY_NAME, "signing-key");
      if (!keyName.isEmpty() && !NAME.matcher(keyName).matches()) {
        problems.add(KEY_NAME + " has something else than letters, digits and dashes");
      }
      String vault = url(VAULT_URL, "https://contoso.vault.azure.net");
      if (isHttpsHost(vault)) {
        try {
          KeyVaultReleaser.builder(vault, request -> Mono.empty());
        } catch (AttestationException.Configuration e) {
          problems.add(VAULT_URL + " is " + e.getMessage());
        }
      }
      String issuer = url(MAA_URL, "https://contoso.weu.attest.azure.net");
      Optional<AppraisalPolicy> policy = policy();
      Optional<Path> bootLog = optional(BOOT_LOG).map(Path::of);
      if (bootLog.isPresent() && !Files.isReadable(bootLog.get())) {
        problems.add(BOOT_LOG + " names a file that cannot be read");
      }
      Optional<String> clientId = optional(CLIENT_ID);
      if (clientId.isPresent() && !GUID.matcher(clientId.get()).matches()) {
        problems.add(CLIENT_ID + " is no client id, which has 8-4-4-4-12 hexadecimal digits");
      }
      return policy.map(wanted -> new Azure(keyName, vault, issuer, wanted, bootLog, clientId));
    }

    private String url(String name, String example) {
      String text = required(name, example);
      if (!text.isEmpty() && !isHttpsHost(text)) {
        problems.add(name + " is not https:// and a host alone, such as " + example);
      }
      return text;
    }

    private static boolean isHttpsHost(String text) {
      try {
        URI url = new URI(text);
        return "https".equals(url.getScheme())
            && url.getHost() != null
            && text.matches("https://[^/?#@:]+/?");
      } catch (URISyntaxException e) {
        return false;
      }
    }

    /** What the file says; empty where that is a mistake, which is noted then. */
    private Optional<AppraisalPolicy> policy() {
      String file = required(POLICY_FILE, "/etc/key-release-service/policy.json");
      if (file.isEmpty()) {
        return Optional.empty();
      }
      try {
        Bytes text = Bytes.of(Files.readAllBytes(Path.of(file)));
        return Optional.of(AppraisalPolicy.fromReferenceValues(ReferenceValues.parse(text)));
      } catch (IOException | InvalidPathException e) {
        problems.add(POLICY_FILE + " names a file that cannot be read");
      } catch (AttestationException.Configuration e) {
        problems.add(POLICY_FILE + " names a file with a mistake: " + e.getMessage());
      }
      return Optional.empty();
    }
  }
}

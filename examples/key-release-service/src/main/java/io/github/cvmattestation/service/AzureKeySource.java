package io.github.cvmattestation.service;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.jdk.httpclient.JdkHttpClientProvider;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.CvmAttestation;
import io.github.cvmattestation.attestation.release.KeyReleaser;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import io.github.cvmattestation.attestation.token.TokenIssuer;
import io.github.cvmattestation.azure.AzureCvmAttester;
import io.github.cvmattestation.azure.KeyVaultReleaser;
import io.github.cvmattestation.azure.MaaAgreement;
import io.github.cvmattestation.azure.MaaTokenIssuer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The key of this Azure confidential VM, by way of Microsoft Azure Attestation and Key Vault. The
 * machine is looked for when the key is asked for: where there is none, or its TPM may not be used
 * yet, that is a reason to stay closed, and no reason not to start.
 */
final class AzureKeySource implements KeySource {
  private final Supplier<KeySource> opening;
  private @Nullable KeySource opened;

  /** Where this VM's key comes from. */
  static KeySource of(Settings.Azure settings) {
    TokenIssuer issuer = MaaTokenIssuer.at(settings.issuerUrl());
    KeyReleaser releaser = KeyVaultReleaser.at(settings.vaultUrl(), identity(settings));
    return new AzureKeySource(
        () ->
            new FrontDoor(
                CvmAttestation.builder()
                    .policy(settings.policy())
                    .guest(machine(settings.bootLog()))
                    .issuer(issuer)
                    .agreement(new MaaAgreement())
                    .releaser(releaser)
                    .build(),
                settings.keyName()));
  }

  /**
   * @param opening finds the machine; asked again until it does
   */
  AzureKeySource(Supplier<KeySource> opening) {
    this.opening = opening;
  }

  @Override
  public synchronized Attempt<ReleasedKey> key() {
    if (opened == null) {
      opened = opening.get();
    }
    return opened.key();
  }

  @Override
  public synchronized void close() {
    if (opened != null) {
      opened.close();
    }
  }

  private static AzureCvmAttester machine(Optional<Path> bootLog) {
    AzureCvmAttester.Builder machine = AzureCvmAttester.builder();
    bootLog.ifPresent(file -> machine.bootLog(() -> Optional.of(read(file))));
    return machine.build();
  }

  private static Bytes read(Path file) {
    try {
      return Bytes.of(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new AttestationException.Device(
          "the copy of the boot log is gone, or may not be read",
          "look at " + Settings.BOOT_LOG + ", and make the copy at each boot");
    }
  }

  private static TokenCredential identity(Settings.Azure settings) {
    ManagedIdentityCredentialBuilder builder =
        new ManagedIdentityCredentialBuilder()
            .httpClient(new JdkHttpClientProvider().createInstance());
    settings.clientId().ifPresent(builder::clientId);
    return builder.build();
  }
}

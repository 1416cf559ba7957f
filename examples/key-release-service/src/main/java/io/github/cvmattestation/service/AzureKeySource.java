package io.github.cvmattestation.service;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.jdk.httpclient.JdkHttpClientProvider;
import com.azure.identity.ManagedIdentityCredentialBuilder;
import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.CvmAttestation;
import io.github.cvmattestation.attestation.ReferenceValues;
import io.github.cvmattestation.azure.KeyVaultReleaser;
import io.github.cvmattestation.azure.MaaAgreement;
import io.github.cvmattestation.azure.MaaTokenIssuer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The key of this Azure confidential VM, by way of Microsoft Azure Attestation and Key Vault. */
final class AzureKeySource {
  private AzureKeySource() {}

  /**
   * Where this VM's key comes from.
   *
   * @throws AttestationException.Configuration if the policy's file is no policy
   * @throws AttestationException.Device if this is no Azure confidential VM
   */
  static KeySource of(Settings.Azure settings) {
    return new FrontDoor(
        CvmAttestation.builder()
            .policy(policy(settings.policyFile()))
            .issuer(MaaTokenIssuer.at(settings.issuerUrl()))
            .agreement(new MaaAgreement())
            .releaser(KeyVaultReleaser.at(settings.vaultUrl(), identity(settings)))
            .build(),
        settings.keyName());
  }

  private static TokenCredential identity(Settings.Azure settings) {
    ManagedIdentityCredentialBuilder builder =
        new ManagedIdentityCredentialBuilder()
            .httpClient(new JdkHttpClientProvider().createInstance());
    settings.clientId().ifPresent(builder::clientId);
    return builder.build();
  }

  private static AppraisalPolicy policy(Path file) {
    try {
      return AppraisalPolicy.fromReferenceValues(
          ReferenceValues.parse(Bytes.of(Files.readAllBytes(file))));
    } catch (IOException e) {
      throw new AttestationException.Configuration(
          Settings.POLICY_FILE + " names a file that cannot be read", "name one that can");
    }
  }
}

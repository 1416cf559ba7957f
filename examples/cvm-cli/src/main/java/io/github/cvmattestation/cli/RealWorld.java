package io.github.cvmattestation.cli;

import com.azure.core.credential.TokenCredential;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.token.TokenIssuer;
import io.github.cvmattestation.azure.AzureCvmAttester;
import io.github.cvmattestation.azure.AzureImds;
import io.github.cvmattestation.azure.KeyVaultReleaser;
import io.github.cvmattestation.azure.MaaTokenIssuer;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.util.Optional;

/** The world as it is. */
record RealWorld(Optional<TrustAnchors> anchors) implements World {
  @Override
  public Web web() {
    return new DirectWeb();
  }

  @Override
  public AzureCvmAttester attester(TpmTransport tpm, String imds) {
    return AzureCvmAttester.builder().tpm(tpm).imds(AzureImds.at(imds)).build();
  }

  @Override
  public TokenIssuer issuer(String url) {
    return MaaTokenIssuer.at(url);
  }

  @Override
  public KeyVaultReleaser.Builder releaser(String url, TokenCredential credential) {
    return KeyVaultReleaser.builder(url, credential);
  }
}

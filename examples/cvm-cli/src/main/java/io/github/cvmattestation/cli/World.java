package io.github.cvmattestation.cli;

import com.azure.core.credential.TokenCredential;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.token.TokenIssuer;
import io.github.cvmattestation.azure.AzureCvmAttester;
import io.github.cvmattestation.azure.KeyVaultReleaser;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.util.Optional;

/** What commands find around them; tests and the demo put a simulated world in its place. */
interface World {
  /** Who is trusted for hardware: nothing for the published keys of AMD and Intel. */
  Optional<TrustAnchors> anchors();

  /** Who asks services whether they are there. */
  Web web();

  /**
   * The VM.
   *
   * @param tpm its vTPM, which closing it lets go of
   * @param imds scheme and authority of its metadata service
   */
  AzureCvmAttester attester(TpmTransport tpm, String imds);

  /** Who issues tokens at {@code url}. */
  TokenIssuer issuer(String url);

  /** Who keeps keys at {@code url}, to be told what else is known of them. */
  KeyVaultReleaser.Builder releaser(String url, TokenCredential credential);
}

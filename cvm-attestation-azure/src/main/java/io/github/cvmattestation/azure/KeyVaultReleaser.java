package io.github.cvmattestation.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.release.KeyReleaser;
import io.github.cvmattestation.attestation.release.WrapAlgorithm;
import io.github.cvmattestation.attestation.token.VerifiedToken;
import io.github.cvmattestation.azure.internal.keyvault.KeyId;
import io.github.cvmattestation.azure.internal.keyvault.ReleaseCall;
import io.github.cvmattestation.azure.internal.keyvault.ReleaseRequest;
import io.github.cvmattestation.azure.internal.keyvault.ReleaseVerification;
import io.github.cvmattestation.azure.internal.keyvault.SystemRoots;
import io.github.cvmattestation.azure.internal.keyvault.VaultClients;
import io.github.cvmattestation.azure.internal.keyvault.VaultHost;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Azure Key Vault Premium and Managed HSM: secure key release (Key Vault REST, Release), with the
 * answer verified before anybody opens it. Needs the permission to release and no other: role Key
 * Vault Crypto Service Release User, or Managed HSM Crypto Service Release User.
 *
 * <p>The answer must be signed by the vault's own host, under a certificate of an authority that
 * the Java runtime trusts, at this instant; and be to this request, for this key. Revocation of
 * that certificate is not asked about. Safe for use by several threads.
 */
public final class KeyVaultReleaser implements KeyReleaser {
  private final String host;
  private final ReleaseCall call;
  private final ReleaseVerification verification;
  private final WrapAlgorithm algorithm;
  private final Optional<Bytes> policyHash;
  private final DenialExplainer explainer;
  private final InstantSource clock;

  private KeyVaultReleaser(Builder builder) {
    host = builder.host;
    call = new ReleaseCall(VaultClients.client(host, builder.credential, builder.httpClient));
    Set<TrustAnchor> anchors = builder.roots == null ? SystemRoots.ofTheRuntime() : builder.roots;
    verification = new ReleaseVerification(builder.signatures, anchors);
    algorithm = builder.algorithm;
    policyHash = Optional.ofNullable(builder.policyHash);
    explainer = builder.explainer;
    clock = builder.clock;
  }

  /**
   * A vault.
   *
   * @param vaultUrl such as {@code https://contoso.vault.azure.net}; hosts of the public cloud, of
   *     China's and of the US government's are known
   * @param credential who asks; of azure-identity, for one
   * @throws AttestationException.Configuration if the URL is not a vault's
   */
  public static KeyVaultReleaser at(String vaultUrl, TokenCredential credential) {
    return builder(vaultUrl, credential).build();
  }

  /** The same with a say in the details. */
  public static Builder builder(String vaultUrl, TokenCredential credential) {
    return new Builder(VaultHost.of(vaultUrl), credential);
  }

  /**
   * {@inheritDoc}
   *
   * @param name the key's name, or its name, a slash and a version
   * @throws AttestationException.Configuration if it is neither
   */
  @Override
  public Release release(String name, VerifiedToken token) {
    KeyId key =
        KeyId.of(host, name)
            .orElseThrow(
                () ->
                    new AttestationException.Configuration(
                        "not the name of a key",
                        "letters, digits and dashes; a version may follow after a slash"));
    String nonce =
        Base64.getUrlEncoder().withoutPadding().encodeToString(Nonce.random().value().toArray());
    ReleaseRequest request = new ReleaseRequest(key, nonce, algorithm, policyHash);
    return switch (call.release(request, token.token())) {
      case ReleaseCall.Answer answer -> verification.verify(answer.jws(), request, clock.instant());
      case ReleaseCall.Denied denied -> new Release.Refused(explained(name, token, denied));
    };
  }
}

package io.github.cvmattestation.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.release.KeyReleaser;
import io.github.cvmattestation.attestation.release.WrapAlgorithm;
import io.github.cvmattestation.attestation.token.VerifiedToken;
import io.github.cvmattestation.azure.internal.http.HttpTime;
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
    HttpClient http = builder.http == null ? VaultClients.direct() : builder.http;
    call = new ReleaseCall(VaultClients.client(host, builder.credential, http, builder.time));
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
    ReleaseCall.Outcome outcome = call.release(request, token.token());
    if (outcome instanceof ReleaseCall.Denied denied) {
      List<Finding> findings = new ArrayList<>();
      findings.add(denial(denied));
      findings.addAll(explainer.explain(name, token));
      return new Release.Refused(findings);
    }
    return verification.verify(((ReleaseCall.Answer) outcome).jws(), request, clock.instant());
  }

  private static Finding denial(ReleaseCall.Denied denied) {
    String actual = denied.code().isEmpty() ? "HTTP 403" : "HTTP 403, " + denied.code();
    return Finding.of(ReleaseFinding.RELEASE_DENIED, "the vault releases the key", actual);
  }

  /** The details. What is not set has the safe meaning. */
  public static final class Builder {
    private final String host;
    private final TokenCredential credential;
    private WrapAlgorithm algorithm = WrapAlgorithm.RSA_AES_KEY_WRAP_256;
    private @Nullable Bytes policyHash;
    private @Nullable Set<TrustAnchor> roots;
    private @Nullable HttpClient http;
    private SignatureBackend signatures = SignatureBackends.fastest();
    private DenialExplainer explainer = DenialExplainer.none();
    private InstantSource clock = InstantSource.system();
    private HttpTime time = HttpTime.system();

    private Builder(String host, TokenCredential credential) {
      this.host = host;
      this.credential = credential;
    }

    /** How the key is to be wrapped; {@code RSA_AES_KEY_WRAP_256} unless set. */
    public Builder wrapAlgorithm(WrapAlgorithm wanted) {
      algorithm = wanted;
      return this;
    }

    /**
     * The release policy that the key must have: somebody with the right to change it cannot slip
     * another one under it.
     *
     * @param sha256 over the policy's text as the vault keeps it, 32 bytes
     */
    public Builder requirePolicyHash(Bytes sha256) {
      policyHash = sha256;
      return this;
    }

    /**
     * The release policy that the key must have, in whatever writing. Where the vault refuses a
     * key, the token is held against this policy to say why.
     */
    public Builder requirePolicy(ReleasePolicy policy) {
      policyHash = Digests.sha256(policy.canonicalJson());
      explainer = DenialExplainer.by(policy);
      return this;
    }

    /** The authorities of the vault's certificate, instead of those that the runtime trusts. */
    public Builder trustedRoots(Collection<X509Certificate> certificates) {
      roots = SystemRoots.of(certificates);
      return this;
    }

    /**
     * Who speaks HTTP, instead of the JDK's client without a proxy. It must not follow redirects;
     * sizes and times are bounded above it.
     */
    public Builder httpClient(HttpClient client) {
      http = client;
      return this;
    }

    /** Who checks signatures; the fastest that there is, unless set. */
    public Builder signatures(SignatureBackend backend) {
      signatures = backend;
      return this;
    }

    /** Who says why a key was refused; nobody unless set. */
    public Builder explainer(DenialExplainer who) {
      explainer = who;
      return this;
    }

    /** The time as of which answers are verified; the machine's unless set. */
    public Builder clock(InstantSource source) {
      clock = source;
      return this;
    }

    /** For tests, in which waiting takes no time. */
    Builder time(HttpTime source) {
      time = source;
      return this;
    }

    /** The releaser. It asks nobody yet. */
    public KeyVaultReleaser build() {
      return new KeyVaultReleaser(this);
    }
  }
}

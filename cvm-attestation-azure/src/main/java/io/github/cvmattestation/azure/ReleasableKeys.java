package io.github.cvmattestation.azure;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.util.BinaryData;
import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.models.CreateEcKeyOptions;
import com.azure.security.keyvault.keys.models.CreateOctKeyOptions;
import com.azure.security.keyvault.keys.models.CreateRsaKeyOptions;
import com.azure.security.keyvault.keys.models.ImportKeyOptions;
import com.azure.security.keyvault.keys.models.JsonWebKey;
import com.azure.security.keyvault.keys.models.KeyCurveName;
import com.azure.security.keyvault.keys.models.KeyReleasePolicy;
import com.azure.security.keyvault.keys.models.KeyType;
import com.azure.security.keyvault.keys.models.KeyVaultKey;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.azure.internal.http.HttpTime;
import io.github.cvmattestation.azure.internal.keyvault.VaultCalls;
import io.github.cvmattestation.azure.internal.keyvault.VaultClients;
import io.github.cvmattestation.azure.internal.keyvault.VaultHost;
import java.security.KeyPair;
import java.security.Security;
import java.security.interfaces.RSAPublicKey;
import java.util.function.Supplier;
import javax.crypto.SecretKey;

/**
 * Puts keys into a vault that may leave it again, to whom their release policy says: exportable
 * keys of the HSM, in Key Vault Premium or Managed HSM (Key Vault REST, Create and Import). For
 * whoever administers keys; a guest needs none of this.
 *
 * <p>Each method throws {@code AttestationException.Service} if the vault could not be asked or
 * does not want the key. Safe for use by several threads.
 */
public final class ReleasableKeys {
  private static final String JSON = "application/json; charset=utf-8";

  /** The SDK sends 0 where nothing is set. */
  private static final int F4 = 65537;

  private final KeyClient client;

  private ReleasableKeys(KeyClient client) {
    this.client = client;
  }

  /**
   * A vault.
   *
   * @param vaultUrl such as {@code https://contoso.vault.azure.net}
   * @param credential who asks
   * @throws io.github.cvmattestation.attestation.AttestationException.Configuration if the URL is
   *     not a vault's
   */
  public static ReleasableKeys at(String vaultUrl, TokenCredential credential) {
    return at(vaultUrl, credential, VaultClients.direct());
  }

  /** The same over another HTTP client, which must not follow redirects. */
  public static ReleasableKeys at(String vaultUrl, TokenCredential credential, HttpClient http) {
    return new ReleasableKeys(
        VaultClients.client(VaultHost.of(vaultUrl), credential, http, HttpTime.system()));
  }

  /**
   * A key as the vault keeps it: compare the policy with what was asked for.
   *
   * @param keyId its URL with its version
   * @param terms its release policy, as the vault gives it back
   */
  public record Kept(String keyId, ReleaseTerms terms) {}

  /** Makes an RSA key of 2048, 3072 or 4096 bits. */
  public Kept createRsa(String name, int bits, ReleaseTerms terms) {
    return kept(
        () ->
            client.createRsaKey(
                new CreateRsaKeyOptions(name)
                    .setHardwareProtected(true)
                    .setKeySize(bits)
                    .setPublicExponent(F4)
                    .setExportable(true)
                    .setReleasePolicy(policy(terms))));
  }

  /** Makes a key on an elliptic curve. */
  public Kept createEc(String name, Curve curve, ReleaseTerms terms) {
    return kept(
        () ->
            client.createEcKey(
                new CreateEcKeyOptions(name)
                    .setHardwareProtected(true)
                    .setCurveName(curve == Curve.P256 ? KeyCurveName.P_256 : KeyCurveName.P_384)
                    .setExportable(true)
                    .setReleasePolicy(policy(terms))));
  }

  /** Makes an AES key of 128, 192 or 256 bits; only a Managed HSM has such. */
  public Kept createAes(String name, int bits, ReleaseTerms terms) {
    return kept(
        () ->
            client.createOctKey(
                new CreateOctKeyOptions(name)
                    .setHardwareProtected(true)
                    .setKeySize(bits)
                    .setExportable(true)
                    .setReleasePolicy(policy(terms))));
  }

  /**
   * Brings in a key pair that was made elsewhere, RSA or elliptic. The SDK copies its private half
   * to send it; those copies are not cleared.
   */
  public Kept importKey(String name, KeyPair pair, ReleaseTerms terms) {
    JsonWebKey key =
        pair.getPublic() instanceof RSAPublicKey
            ? JsonWebKey.fromRsa(pair).setKeyType(KeyType.RSA_HSM)
            : JsonWebKey.fromEc(pair, Security.getProvider("SunEC")).setKeyType(KeyType.EC_HSM);
    return imported(name, key, terms);
  }

  /** Brings in an AES key that was made elsewhere; only a Managed HSM takes it. */
  public Kept importKey(String name, SecretKey secret, ReleaseTerms terms) {
    return imported(name, JsonWebKey.fromAes(secret).setKeyType(KeyType.OCT_HSM), terms);
  }

  private Kept imported(String name, JsonWebKey key, ReleaseTerms terms) {
    ImportKeyOptions options = new ImportKeyOptions(name, key).setHardwareProtected(true);
    options.setExportable(true);
    options.setReleasePolicy(policy(terms));
    return kept(() -> client.importKey(options));
  }

  private static KeyReleasePolicy policy(ReleaseTerms terms) {
    return new KeyReleasePolicy(BinaryData.fromBytes(terms.policy().toArray()))
        .setContentType(JSON)
        .setImmutable(terms.immutable());
  }

  private static Kept kept(Supplier<KeyVaultKey> call) {
    return VaultCalls.asked(
        () -> {
          KeyVaultKey key = call.get();
          KeyReleasePolicy policy = key.getProperties().getReleasePolicy();
          if (key.getId() == null || policy == null || policy.getEncodedPolicy() == null) {
            throw VaultCalls.malformed();
          }
          return new Kept(
              key.getId(),
              new ReleaseTerms(
                  Bytes.of(policy.getEncodedPolicy().toBytes()),
                  Boolean.TRUE.equals(policy.isImmutable())));
        });
  }
}

package io.github.cvmattestation.azure.internal.keyvault;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.util.Context;
import com.azure.security.keyvault.keys.KeyClient;
import com.azure.security.keyvault.keys.models.KeyExportEncryptionAlgorithm;
import com.azure.security.keyvault.keys.models.ReleaseKeyOptions;
import com.azure.security.keyvault.keys.models.ReleaseKeyResult;
import io.github.cvmattestation.attestation.token.AttestationToken;

/** One request for a key, through the Azure SDK. */
public final class ReleaseCall {
  private static final String NEWEST = "";

  private final KeyClient client;

  /**
   * @param client from {@link VaultClients}
   */
  public ReleaseCall(KeyClient client) {
    this.client = client;
  }

  /** What the vault says. */
  public sealed interface Outcome {}

  /**
   * An answer.
   *
   * @param jws unproven
   */
  public record Answer(String jws) implements Outcome {
    /** Says nothing of the answer. */
    @Override
    public String toString() {
      return "Answer";
    }
  }

  /**
   * No (HTTP 403).
   *
   * @param code the service's code for it: letters, digits and dashes, or nothing
   */
  public record Denied(String code) implements Outcome {}

  /**
   * Asks.
   *
   * @throws io.github.cvmattestation.attestation.AttestationException.Service for any answer but
   *     these two
   */
  public Outcome release(ReleaseRequest request, AttestationToken token) {
    ReleaseKeyOptions options =
        new ReleaseKeyOptions()
            .setNonce(request.nonce())
            .setAlgorithm(KeyExportEncryptionAlgorithm.fromString(request.algorithm().name()));
    String version = request.key().version().orElse(NEWEST);
    ReleaseKeyResult result;
    try {
      result =
          client
              .releaseKeyWithResponse(
                  request.key().name(), version, token.compact(), options, Context.NONE)
              .getValue();
    } catch (HttpResponseException e) {
      if (VaultErrors.isDenial(e)) {
        return new Denied(VaultErrors.of(e.getResponse()).serviceCode());
      }
      throw VaultErrors.of(e);
    } catch (RuntimeException e) {
      throw VaultErrors.of(e);
    }
    if (result == null || result.getValue() == null) {
      throw VaultErrors.malformed();
    }
    return new Answer(result.getValue());
  }
}

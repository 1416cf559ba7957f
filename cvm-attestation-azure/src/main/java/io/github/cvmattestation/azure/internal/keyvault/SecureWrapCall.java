package io.github.cvmattestation.azure.internal.keyvault;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.token.AttestationToken;
import java.util.Base64;

/**
 * The two requests of secure wrap (Key Vault REST 2026-01-01-preview, securewrapkey and
 * secureunwrapkey). The Azure SDK's client that is used here does not know them.
 */
public final class SecureWrapCall {
  /** The only algorithm that is asked for. */
  public static final String ALGORITHM = "RSA-OAEP-256";

  private static final String API = "?api-version=2026-01-01-preview";
  private static final int OK = 200;
  private static final int BAD_REQUEST = 400;

  private final HttpPipeline pipeline;

  /**
   * @param pipeline from {@link VaultClients}
   */
  public SecureWrapCall(HttpPipeline pipeline) {
    this.pipeline = pipeline;
  }

  /** What the HSM says. */
  public sealed interface Outcome {}

  /**
   * An answer.
   *
   * @param body unproven, and perhaps a secret
   */
  public record Answer(Bytes body) implements Outcome {
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
   * Has the HSM draw a secret.
   *
   * @param key with its version
   * @throws AttestationException.Service for any answer but the two outcomes
   */
  public Outcome wrap(KeyId key) {
    return post(key, "securewrapkey", "{\"alg\":\"" + ALGORITHM + "\"}");
  }

  /**
   * Has the HSM open a secret for the guest that {@code token} speaks of.
   *
   * @throws AttestationException.Service for any answer but the two outcomes
   */
  public Outcome unwrap(KeyId key, Bytes value, AttestationToken token) {
    String wrapped = Base64.getUrlEncoder().withoutPadding().encodeToString(value.toArray());
    // Base64url and dots: nothing that JSON would want escaped.
    return post(
        key,
        "secureunwrapkey",
        "{\"alg\":\""
            + ALGORITHM
            + "\",\"value\":\""
            + wrapped
            + "\",\"target\":\""
            + token.compact()
            + "\"}");
  }

  private Outcome post(KeyId key, String operation, String json) {
    String url =
        "https://"
            + key.host()
            + "/keys/"
            + key.name()
            + "/"
            + key.version().orElseThrow()
            + "/"
            + operation
            + API;
    HttpRequest request =
        new HttpRequest(HttpMethod.POST, url)
            .setHeader(HttpHeaderName.CONTENT_TYPE, "application/json")
            .setBody(BinaryData.fromBytes(json.getBytes(US_ASCII)));
    try (HttpResponse response = pipeline.sendSync(request, Context.NONE)) {
      return outcome(response);
    } catch (RuntimeException e) {
      throw VaultErrors.of(e);
    }
  }

  private static Outcome outcome(HttpResponse response) {
    int status = response.getStatusCode();
    if (status == OK) {
      return new Answer(Bytes.of(response.getBodyAsBinaryData().toBytes()));
    }
    if (status == VaultErrors.FORBIDDEN) {
      return new Denied(VaultErrors.of(response).serviceCode());
    }
    String remedy =
        status == BAD_REQUEST
            ? "check that the key is for secureWrapKey and secureUnwrapKey, has a release policy,"
                + " is not exportable, and is the one that wrapped this"
            : VaultErrors.remedy(status);
    throw VaultErrors.of(response, remedy);
  }
}

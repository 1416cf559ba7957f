package io.github.cvmattestation.azure.internal.keyvault;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpResponse;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the Azure SDK throws, in our words: status, request id, code, and what to do next. */
final class VaultErrors {
  static final int FORBIDDEN = 403;

  private static final String SERVICE = "Key Vault";
  private static final int MAX_ERROR = 1 << 10;
  private static final int THROTTLED = 429;
  private static final HttpHeaderName REQUEST_ID = HttpHeaderName.fromString("x-ms-request-id");

  private VaultErrors() {}

  /** The exception to throw instead. The cause is left out, since nobody knows what it quotes. */
  static AttestationException of(RuntimeException failure) {
    if (failure instanceof AttestationException known) {
      return known;
    }
    @Nullable HttpResponse response = response(failure);
    if (response != null && isOfVault(response)) {
      return of(response);
    }
    boolean ofCredential = response != null || failure instanceof ClientAuthenticationException;
    return new AttestationException.Service(
        SERVICE,
        ofCredential ? Failure.UNREACHABLE : Failure.ANSWER_MALFORMED,
        0,
        "",
        "",
        ofCredential ? "check the credential: it gives no token for the vault" : remedy(0));
  }

  /** Whether the vault itself says no, and not who gives the credential its tokens. */
  static boolean isDenial(HttpResponseException failure) {
    @Nullable HttpResponse response = response(failure);
    return response != null && response.getStatusCode() == FORBIDDEN && isOfVault(response);
  }

  private static @Nullable HttpResponse response(RuntimeException failure) {
    return failure instanceof HttpResponseException refusal ? refusal.getResponse() : null;
  }

  private static boolean isOfVault(HttpResponse response) {
    String host = response.getRequest().getUrl().getHost();
    return VaultHost.isVault(host.toLowerCase(Locale.ROOT));
  }

  /** The exception for an answer with this status. */
  static AttestationException.Service of(HttpResponse response) {
    return of(response, remedy(response.getStatusCode()));
  }

  /** The same with what to do about it in place of what helps where a key is to be released. */
  static AttestationException.Service of(HttpResponse response, String remedy) {
    int status = response.getStatusCode();
    return new AttestationException.Service(
        SERVICE,
        failure(status),
        status,
        Objects.requireNonNullElse(response.getHeaderValue(REQUEST_ID), ""),
        code(response),
        remedy);
  }

  /** The answer is a success, and not what the protocol says it is. */
  static AttestationException.Service malformed() {
    return new AttestationException.Service(
        SERVICE, Failure.ANSWER_MALFORMED, 0, "", "", remedy(0));
  }

  private static Failure failure(int status) {
    if (status < 300) {
      return Failure.ANSWER_MALFORMED;
    }
    return status == THROTTLED ? Failure.ENDPOINT_THROTTLED : Failure.HTTP_STATUS;
  }

  static String remedy(int status) {
    return switch (status) {
      case 400 -> "check that the key is exportable and has a release policy";
      case 401 -> "check that the credential is of the vault's tenant and for its audience";
      case FORBIDDEN -> "check role, firewall and release policy of the vault and the key";
      case 404 -> "check the key's name and version, and that they are in this vault";
      case THROTTLED -> "ask less often; a KeyCache keeps what was released";
      default -> "check that the vault can be reached from here, and try again later";
    };
  }

  /** What the bounded client leaves of an error's body: {"error":{"code":…}}. */
  private static String code(HttpResponse response) {
    try {
      Bytes body = Bytes.of(response.getBodyAsBinaryData().toBytes());
      return StrictJson.parse("error", body, MAX_ERROR)
          .asObject()
          .require("error")
          .asObject()
          .require("code")
          .asString();
    } catch (MalformedException e) {
      return "";
    }
  }
}

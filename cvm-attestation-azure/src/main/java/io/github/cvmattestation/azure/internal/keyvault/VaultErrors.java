package io.github.cvmattestation.azure.internal.keyvault;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpResponse;
import com.azure.core.util.BinaryData;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.util.Objects;
import java.util.Optional;

/** What the Azure SDK throws, without anything that the other side wrote but its codes. */
final class VaultErrors {
  static final int FORBIDDEN = 403;

  private static final String SERVICE = "Key Vault";
  private static final int MAX_ERROR = 64 << 10;
  private static final int THROTTLED = 429;
  private static final HttpHeaderName REQUEST_ID = HttpHeaderName.fromString("x-ms-request-id");

  private VaultErrors() {}

  /** The exception to throw instead. The cause is left out: its message quotes the answer. */
  static AttestationException of(RuntimeException failure) {
    if (failure instanceof AttestationException known) {
      return known;
    }
    if (!(failure instanceof HttpResponseException refusal) || refusal.getResponse() == null) {
      return failed(Failure.UNREACHABLE, 0, "", "");
    }
    HttpResponse response = refusal.getResponse();
    int status = response.getStatusCode();
    String requestId = Objects.requireNonNullElse(response.getHeaderValue(REQUEST_ID), "");
    return failed(failure(status), status, requestId, code(response));
  }

  /** The answer is a success, and not what the protocol says it is. */
  static AttestationException malformed() {
    return failed(Failure.ANSWER_MALFORMED, 0, "", "");
  }

  private static AttestationException.Service failed(
      Failure failure, int status, String requestId, String code) {
    return new AttestationException.Service(
        SERVICE, failure, status, requestId, code, remedy(status));
  }

  private static Failure failure(int status) {
    if (status < 300) {
      return Failure.ANSWER_MALFORMED;
    }
    if (status < 400) {
      return Failure.HTTP_REDIRECT;
    }
    return status == THROTTLED ? Failure.ENDPOINT_THROTTLED : Failure.HTTP_STATUS;
  }

  private static String remedy(int status) {
    return switch (status) {
      case 400 -> "check that the key is exportable and has a release policy";
      case 401 -> "check that the credential is of the vault's tenant and for its audience";
      case FORBIDDEN -> "check role, firewall and release policy of the vault and the key";
      case 404 -> "check the key's name and version, and that they are in this vault";
      case THROTTLED -> "ask less often: keep released keys in a KeyCache";
      default -> "check that the vault can be reached from here, and try again later";
    };
  }

  /** The innermost code of an error body: {"error":{"code":…,"innererror":{"code":…}}}. */
  private static String code(HttpResponse response) {
    try {
      BinaryData body = response.getBodyAsBinaryData();
      if (body == null) {
        return "";
      }
      Json.Obj root =
          StrictJson.parse("error", Bytes.of(body.toBytes()), MAX_ERROR).asObject();
      Json.Obj error = root.require("error").asObject();
      Optional<Json> inner = error.get("innererror");
      boolean nested = inner.isPresent() && inner.get() instanceof Json.Obj;
      return (nested ? inner.get().asObject() : error).require("code").asString();
    } catch (MalformedException e) {
      return "";
    } catch (RuntimeException e) {
      return ""; // a body that can no longer be read; the status says enough
    }
  }
}

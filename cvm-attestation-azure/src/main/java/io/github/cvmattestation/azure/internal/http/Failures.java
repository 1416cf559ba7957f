package io.github.cvmattestation.azure.internal.http;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.util.Objects;

/** Makes the exceptions of one service, each with what to do next. */
record Failures(String service) {
  /** The most bytes of an unwelcome answer that are looked at for a code. */
  static final int MAX_ERROR_BODY = 1 << 16;

  private static final HttpHeaderName REQUEST_ID = HttpHeaderName.fromString("x-ms-request-id");
  private static final HttpHeaderName CLIENT_REQUEST_ID =
      HttpHeaderName.fromString("x-ms-client-request-id");
  private static final HttpHeaderName ERROR_CODE = HttpHeaderName.fromString("x-ms-error-code");

  /** A failure without an answer. */
  AttestationException.Service of(Failure failure) {
    return new AttestationException.Service(service, failure, 0, "", "", remedy(failure));
  }

  /** A failure that is in the answer. */
  AttestationException.Service of(Failure failure, int status, HttpHeaders headers, Bytes body) {
    String id = headers.getValue(REQUEST_ID);
    String requestId = id == null ? headers.getValue(CLIENT_REQUEST_ID) : id;
    String code = headers.getValue(ERROR_CODE);
    return new AttestationException.Service(
        service,
        failure,
        status,
        Objects.requireNonNullElse(requestId, ""),
        code == null ? codeIn(body) : code,
        remedy(failure));
  }

  /**
   * Azure's services wrap a code as {@code {"error":{"code":…}}}, its attestation service at times
   * as {@code {"Error":{"Code":…}}}. Nothing between the two is read.
   */
  private static String codeIn(Bytes body) {
    try {
      Json.Obj document = StrictJson.parse("error", body, MAX_ERROR_BODY).asObject();
      boolean isCapitalised = document.get("error").isEmpty();
      return document
          .require(isCapitalised ? "Error" : "error")
          .asObject()
          .require(isCapitalised ? "Code" : "code")
          .asString();
    } catch (MalformedException e) {
      return "";
    }
  }

  private static String remedy(Failure failure) {
    return switch (failure) {
      case UNREACHABLE ->
          "check that it is up, that this machine reaches it without a proxy, and its certificate";
      case DEADLINE -> "try again later, or allow more time";
      case ENDPOINT_THROTTLED -> "ask less often";
      case HTTP_REDIRECT -> "give the address at which it answers itself";
      case HTTP_STATUS -> "look up status and code in its documentation";
      case INPUT_LIMIT, ANSWER_MALFORMED -> "check that the address is that of the service";
      case TRUNCATED -> "try again; what stands between here and there may cut answers short";
    };
  }
}

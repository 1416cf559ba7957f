package io.github.cvmattestation.azure.internal.http;

import com.azure.core.http.HttpHeaders;
import io.github.cvmattestation.attestation.Bytes;

/**
 * What a service answered.
 *
 * @param status the HTTP status
 * @param body the whole body
 * @param headers of the answer
 */
public record HttpAnswer(int status, Bytes body, HttpHeaders headers) {
  /** Whether the status says that the request was carried out (RFC 9110, section 15.3). */
  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** Status and size: the rest is a stranger's text, or a secret. */
  @Override
  public String toString() {
    return "HttpAnswer[" + status + ", " + body.size() + " bytes]";
  }
}

package io.github.cvmattestation.azure.internal.maa;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpPipelineCallContext;
import com.azure.core.http.HttpPipelineNextPolicy;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.HttpPipelinePolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.util.Objects;
import reactor.core.publisher.Mono;

/**
 * Turns an answer that is no success into an exception of ours before the Azure SDK sees it: the
 * SDK's quote what was answered, and give up where an error has no message.
 */
public final class PolicyRefusals implements HttpPipelinePolicy {
  /** What messages call it. */
  public static final String SERVICE = "Azure Attestation policies";

  private static final int MAX_ERROR = 1 << 10;
  private static final int THROTTLED = 429;
  private static final HttpHeaderName REQUEST_ID = HttpHeaderName.fromString("x-ms-request-id");

  @Override
  public Mono<HttpResponse> process(HttpPipelineCallContext context, HttpPipelineNextPolicy next) {
    return next.process().map(PolicyRefusals::successful);
  }

  private static HttpResponse successful(HttpResponse answer) {
    int status = answer.getStatusCode();
    if (status >= 200 && status < 300) {
      return answer;
    }
    throw new AttestationException.Service(
        SERVICE,
        status == THROTTLED ? Failure.ENDPOINT_THROTTLED : Failure.HTTP_STATUS,
        status,
        Objects.requireNonNullElse(answer.getHeaderValue(REQUEST_ID), ""),
        code(answer),
        switch (status) {
          case 401, 403 -> "give the credential the role Attestation Contributor at this provider";
          case 400 -> "check the policy's text, and that the provider takes unsigned policies";
          default -> "check that the provider is one of your own";
        });
  }

  /** What the bounded client leaves of an error's body: {"error":{"code":…}}. */
  private static String code(HttpResponse answer) {
    try {
      Bytes body = Bytes.of(answer.getBodyAsBinaryData().toBytes());
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

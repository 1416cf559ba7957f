package io.github.cvmattestation.azure.internal.keyvault;

import com.azure.core.http.HttpPipelineCallContext;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.policy.HttpPipelineSyncPolicy;

/**
 * Asks for the newest version of a key in the service's own words. The SDK makes {@code
 * /keys/name//release} of a request without a version; the service documents {@code
 * /keys/name/release}. To ask which version is the newest first would take another permission than
 * to release.
 */
final class NewestVersion extends HttpPipelineSyncPolicy {
  private static final String EMPTY_VERSION = "//release?";

  @Override
  protected void beforeSendingRequest(HttpPipelineCallContext context) {
    HttpRequest request = context.getHttpRequest();
    String url = request.getUrl().toString();
    if (url.contains(EMPTY_VERSION)) {
      request.setUrl(url.replace(EMPTY_VERSION, "/release?"));
    }
  }
}

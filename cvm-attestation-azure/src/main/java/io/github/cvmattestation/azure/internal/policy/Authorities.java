package io.github.cvmattestation.azure.internal.policy;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** Whether an authority can be believed at all. */
public final class Authorities {
  private Authorities() {}

  /** What is wrong with the URL of an authority, if anything is. */
  public static Optional<String> problem(String authority) {
    URI uri;
    try {
      uri = new URI(authority);
    } catch (URISyntaxException e) {
      return Optional.of("no URL");
    }
    if (!"https".equals(uri.getScheme())) {
      return Optional.of("no https");
    }
    if (uri.getHost() == null || uri.getHost().isEmpty()) {
      return Optional.of("no host");
    }
    boolean plain =
        uri.getRawUserInfo() == null && uri.getRawQuery() == null && uri.getRawFragment() == null;
    return plain ? Optional.empty() : Optional.of("more than host and path");
  }
}

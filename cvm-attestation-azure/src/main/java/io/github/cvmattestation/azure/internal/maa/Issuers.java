package io.github.cvmattestation.azure.internal.maa;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.MaaFinding;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The issuers whose word counts: whole URLs, of which no beginning and no end is compared by
 * itself. Anybody can have an instance of the service under its domain.
 */
public final class Issuers {
  private static final int MAX_ISSUERS = 64;
  private static final int MAX_LENGTH = 256;

  private final Set<String> trusted = new LinkedHashSet<>();

  /**
   * @throws AttestationException.Configuration if one is no https URL of a host alone
   */
  public Issuers(Set<String> urls) {
    if (urls.isEmpty() || urls.size() > MAX_ISSUERS) {
      throw wrong("no issuer, or more than " + MAX_ISSUERS);
    }
    for (String url : urls) {
      String trimmed = trimmed(url);
      if (!isOrigin(trimmed)) {
        throw wrong("an issuer that is no https URL of a host");
      }
      trusted.add(trimmed);
    }
  }

  /** All of them, without a slash at the end. */
  public Set<String> all() {
    return trusted;
  }

  /** The trusted issuer that a token's iss names, in the form in which it was configured. */
  String require(Json.Obj claims) throws RefutedException {
    Optional<Json> iss = claims.get("iss");
    if (iss.isEmpty()) {
      throw refuted("none");
    }
    String text;
    try {
      text = iss.get().asString();
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(MaaFinding.JWT_TYPE));
    }
    String issuer = trimmed(text);
    if (!trusted.contains(issuer)) {
      throw refuted("another");
    }
    return issuer;
  }

  private static RefutedException refuted(String actual) {
    return new RefutedException(
        Finding.of(MaaFinding.JWT_ISSUER, "iss that is a trusted issuer", actual));
  }

  /** Samples differ on one slash at the end, and on nothing else. */
  static String trimmed(String url) {
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  private static boolean isOrigin(String url) {
    try {
      URI uri = new URI(url);
      String host = uri.getHost();
      return url.length() <= MAX_LENGTH
          && host != null
          // Compared as a whole, it has no user, path, query or fragment, whatever they are.
          && url.equals("https://" + host + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static AttestationException.Configuration wrong(String problem) {
    return new AttestationException.Configuration(
        problem,
        "name each issuer as its tokens do, such as https://sharedweu.weu.attest.azure.net");
  }
}

package io.github.cvmattestation.azure.internal.keyvault;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/**
 * Which hosts a certificate is for (RFC 9525, section 6.3): the DNS names among its alternative
 * names, and no common name. A wildcard stands for one whole label, the leftmost.
 */
final class ServerNames {
  private static final Integer DNS_NAME = 2;
  private static final String WILDCARD = "*.";

  private ServerNames() {}

  /**
   * Whether {@code certificate} is for {@code host}.
   *
   * @param host lower case, several labels
   */
  static boolean match(X509Certificate certificate, String host) {
    Collection<List<?>> names;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      return false;
    }
    return names != null
        && names.stream()
            .filter(name -> DNS_NAME.equals(name.get(0)))
            .anyMatch(name -> matches(((String) name.get(1)).toLowerCase(Locale.ROOT), host));
  }

  private static boolean matches(String pattern, String host) {
    if (!pattern.startsWith(WILDCARD)) {
      return pattern.equals(host);
    }
    int dot = host.indexOf('.');
    // "*.net" would be for every host of a registry.
    return dot > 0
        && pattern.indexOf('.', WILDCARD.length()) > 0
        && pattern.substring(1).equals(host.substring(dot));
  }
}

package io.github.cvmattestation.testkit;

import java.time.Instant;
import java.util.List;

/**
 * How a TLS server's certificate is to be (RFC 5280, section 4.2.1). {@link FakeWebPki#issue} makes
 * it.
 *
 * @param dnsNames subjectAltName; none leaves the extension out
 * @param notBefore from when it holds
 * @param notAfter until when
 * @param usages extendedKeyUsage, object identifiers; none leaves the extension out
 * @param authority whether it calls itself a CA
 */
public record WebServerSpec(
    List<String> dnsNames,
    Instant notBefore,
    Instant notAfter,
    List<String> usages,
    boolean authority) {
  /** id-kp-serverAuth (RFC 5280, section 4.2.1.12). */
  public static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";

  /** id-kp-clientAuth. */
  public static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  /** Other names. */
  public WebServerSpec withDnsNames(String... names) {
    return new WebServerSpec(List.of(names), notBefore, notAfter, usages, authority);
  }

  /** Other dates. */
  public WebServerSpec withValidity(Instant from, Instant until) {
    return new WebServerSpec(dnsNames, from, until, usages, authority);
  }

  /** Other usages. */
  public WebServerSpec withUsages(String... oids) {
    return new WebServerSpec(dnsNames, notBefore, notAfter, List.of(oids), authority);
  }

  /** A certificate that calls itself a CA. */
  public WebServerSpec asAuthority() {
    return new WebServerSpec(dnsNames, notBefore, notAfter, usages, true);
  }
}

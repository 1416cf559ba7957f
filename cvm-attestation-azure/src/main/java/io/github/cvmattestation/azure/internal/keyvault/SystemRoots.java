package io.github.cvmattestation.azure.internal.keyvault;

import io.github.cvmattestation.attestation.AttestationException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/** The authorities that this Java runtime trusts with the names of TLS servers. */
public final class SystemRoots {
  private SystemRoots() {}

  /** The runtime's own, as its TLS sees them. */
  public static Set<TrustAnchor> ofTheRuntime() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      return Stream.of(factory.getTrustManagers())
          .filter(X509TrustManager.class::isInstance)
          .flatMap(manager -> Stream.of(((X509TrustManager) manager).getAcceptedIssuers()))
          .map(certificate -> new TrustAnchor(certificate, null))
          .collect(Collectors.toUnmodifiableSet());
    } catch (GeneralSecurityException e) {
      throw new AttestationException.Configuration(
          "the Java runtime's trusted certificates cannot be read",
          "repair cacerts, or name the vault's roots");
    }
  }

  /** These and no others. */
  public static Set<TrustAnchor> of(Collection<X509Certificate> roots) {
    return List.copyOf(roots).stream()
        .map(certificate -> new TrustAnchor(certificate, null))
        .collect(Collectors.toUnmodifiableSet());
  }
}

package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Both ends of TLS with certificates that are made for a test. */
public final class FakeTls {
  private static final char[] NO_PASSWORD = new char[0];

  private FakeTls() {}

  /**
   * Who a server is.
   *
   * @param key of the first certificate
   * @param chain DER, the server's own certificate first
   */
  public static SSLContext server(PrivateKey key, List<Bytes> chain) {
    try {
      KeyStore store = emptyStore();
      Certificate[] certificates = new Certificate[chain.size()];
      for (int i = 0; i < certificates.length; i++) {
        certificates[i] = certificate(chain.get(i));
      }
      store.setKeyEntry("server", key, NO_PASSWORD, certificates);
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("no key and chain of a server", e);
    }
  }

  /** Whom a client believes: chains up to {@code root}, DER, and no others. */
  public static SSLContext client(Bytes root) {
    try {
      KeyStore store = emptyStore();
      store.setCertificateEntry("root", certificate(root));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("no root certificate", e);
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      return store;
    } catch (IOException e) {
      throw new IllegalStateException("an empty key store that cannot be read", e);
    }
  }

  private static Certificate certificate(Bytes der) throws GeneralSecurityException {
    return CertificateFactory.getInstance("X.509")
        .generateCertificate(new ByteArrayInputStream(der.toArray()));
  }
}

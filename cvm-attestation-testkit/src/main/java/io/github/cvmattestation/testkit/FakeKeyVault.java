package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.github.cvmattestation.attestation.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A Key Vault or Managed HSM on a loopback port, over TLS: keys are created, imported, read and
 * released as the service does it (Key Vault REST, Keys), after a challenge. It wraps the key to
 * the guest key that the token names, and signs with the key of its own TLS certificate.
 *
 * <p>Its certificate is for the host that it plays and for {@code localhost}. Whether a token is
 * genuine and meets a key's policy is up to the {@link ReleasePolicyCheck}; without one, any will
 * do.
 */
public final class FakeKeyVault implements AutoCloseable {
  private final String host;
  private final FakeWebPki pki;
  private final WebServer identity;
  private final HttpsServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger releases = new AtomicInteger();
  private final VaultRoutes routes;
  private volatile VaultFault fault = VaultFault.NONE;

  private FakeKeyVault(String host, Instant at) {
    this.host = host;
    pki = new FakeWebPki(at, "vault " + host);
    identity = pki.issue(pki.server(host, "localhost"));
    routes = new VaultRoutes(host, identity, releases);
    try {
      server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setHttpsConfigurator(new HttpsConfigurator(serverContext()));
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /**
   * Starts a vault.
   *
   * @param host the host that it plays, such as {@code contoso.vault.azure.net}
   * @param at around which instant its certificates hold
   */
  public static FakeKeyVault start(String host, Instant at) {
    return new FakeKeyVault(host, at);
  }

  /** The host that it plays. */
  public String host() {
    return host;
  }

  /** The URL of the host that it plays; nobody answers there. */
  public String vaultUrl() {
    return "https://" + host;
  }

  /** Where it does answer: {@code https://localhost} and a port. */
  public String localUrl() {
    return "https://localhost:" + server.getAddress().getPort();
  }

  /** The root of its certificates. */
  public X509Certificate root() {
    return pki.rootCertificate();
  }

  /** The authority of its certificates, for answers signed by others. */
  public FakeWebPki pki() {
    return pki;
  }

  /** For a client that trusts this vault's root and no other. */
  public SSLContext clientContext() {
    try {
      KeyStore trusted = emptyStore();
      trusted.setCertificateEntry("root", root());
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Has tokens checked against release policies. */
  public FakeKeyVault policyCheck(ReleasePolicyCheck check) {
    routes.policyCheck(check);
    return this;
  }

  /** Changes every release answer before it is signed. */
  public FakeKeyVault onRelease(UnaryOperator<ReleaseAnswerWriter> change) {
    routes.onRelease(change);
    return this;
  }

  /** Behaves so from now on. */
  public FakeKeyVault fault(VaultFault what) {
    fault = what;
    return this;
  }

  /** Puts a symmetric key there that may be released: its URL with its version. */
  public String addOct(String name, Bytes octets, Bytes policy) {
    return routes.add(name, VaultKeys.oct(octets, policy));
  }

  /** Puts a new RSA key of 2048 bits there that may be released: its URL with its version. */
  public String addRsa(String name, Bytes policy) {
    return routes.add(name, VaultKeys.rsa(policy));
  }

  /** Puts a new key on a curve, such as {@code P-256}, there: its URL with its version. */
  public String addEc(String name, String curve, Bytes policy) {
    return routes.add(name, VaultKeys.ec(curve, policy));
  }

  /** How many keys have been released. */
  public int releases() {
    return releases.get();
  }

  /** How many requests have come, the challenged ones included. */
  public int requests() {
    return requests.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    try (exchange) {
      VaultFault now = fault;
      byte[] body = exchange.getRequestBody().readAllBytes();
      String authorization = exchange.getRequestHeaders().getFirst("Authorization");
      exchange.getResponseHeaders().set("x-ms-request-id", "fake-request-" + requests.get());
      if (authorization == null || !authorization.startsWith("Bearer ")) {
        VaultFaults.challenge(exchange, host);
      } else if (!VaultFaults.strike(now, exchange, host, closing)) {
        VaultRoutes.Answer answer =
            routes.answer(
                exchange.getRequestMethod(),
                exchange.getRequestURI(),
                new String(body, UTF_8),
                now == VaultFault.STALE);
        VaultFaults.send(exchange, answer.status(), answer.json(), now == VaultFault.TRUNCATED);
      }
    }
  }

  private SSLContext serverContext() {
    try {
      List<Certificate> chain = new ArrayList<>();
      for (Bytes der : identity.chain()) {
        chain.add(FakeWebPki.parsed(der));
      }
      KeyStore own = emptyStore();
      own.setKeyEntry(
          "vault", identity.key().privateKey(), new char[0], chain.toArray(Certificate[]::new));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, new SecureRandom());
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, new char[0]);
      return store;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}

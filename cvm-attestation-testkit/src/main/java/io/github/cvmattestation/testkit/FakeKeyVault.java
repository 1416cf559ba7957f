package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;

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
  private static final String CHALLENGE =
      "Bearer authorization=\"https://login.microsoftonline.com/00000000-0000-0000-0000-000000000001"
          + "\", resource=\"https://%s\"";

  private final String host;
  private final FakeWebPki pki;
  private final FaultyServer server;
  private final AtomicInteger releases = new AtomicInteger();
  private final VaultRoutes routes;

  private FakeKeyVault(String host, Instant at) {
    this.host = host;
    pki = new FakeWebPki(at, "vault " + host);
    WebServer identity = pki.issue(pki.server(host, "localhost"));
    routes = new VaultRoutes(host, identity, releases);
    SSLContext tls = FakeTls.server(identity.key().privateKey(), identity.chain());
    server = FaultyServer.https(tls, this::answer);
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

  /** The URL of the host that it plays; nobody answers there. */
  public String vaultUrl() {
    return "https://" + host;
  }

  /** Who does answer, and can be told to misbehave. */
  public FaultyServer server() {
    return server;
  }

  /** The root of its certificates. */
  public X509Certificate root() {
    return pki.rootCertificate();
  }

  /** For a client that trusts this vault's root and no other. */
  public SSLContext clientContext() {
    return FakeTls.client(pki.root());
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

  /** Has release answers signed by somebody else than the host that it plays. */
  public FakeKeyVault signReleasesAs(WebServer signer) {
    routes.signReleasesAs(signer);
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

  /**
   * Puts a new RSA key of 2048 bits there that wraps secrets of the HSM's own (preview), if a
   * Managed HSM is played: its URL with its version.
   */
  public String addSecureWrap(String name, Bytes policy) {
    return routes.add(name, VaultKeys.secureWrap(policy));
  }

  /** Changes every answer of secure wrap and unwrap, which is JSON. */
  public FakeKeyVault onSecureWrap(UnaryOperator<String> change) {
    routes.onSecureWrap(change);
    return this;
  }

  /**
   * How secure unwrap answers, which is not documented to the end: with the secret itself, or with
   * RSA-OAEP (SHA-256) of it for the guest key that the token names.
   */
  public FakeKeyVault secureUnwrapToGuest(boolean wrapped) {
    routes.secureUnwrapToGuest(wrapped);
    return this;
  }

  /** How many keys have been released. */
  public int releases() {
    return releases.get();
  }

  /** Whoever comes without a token hears who could give him one. */
  private FakeResponse answer(FakeRequest request) {
    boolean bearer = request.header("authorization").orElse("").startsWith("Bearer ");
    FakeResponse answer =
        bearer
            ? routes.answer(request)
            : FakeResponse.error(401, "Unauthorized")
                .withHeader("WWW-Authenticate", CHALLENGE.formatted(domain()));
    return answer.withHeader("x-ms-request-id", "fake-vault-request");
  }

  private String domain() {
    return host.substring(host.indexOf('.') + 1);
  }

  @Override
  public void close() {
    server.close();
  }
}

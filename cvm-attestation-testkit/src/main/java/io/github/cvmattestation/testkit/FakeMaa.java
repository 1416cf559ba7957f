package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchor;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * A provider of Microsoft Azure Attestation on a loopback port, over TLS (Azure Attestation REST
 * API): {@code /attest/AzureGuest}, {@code /attest/SevSnpVm} and {@code /attest/TdxVm}, {@code
 * /certs}, {@code /.well-known/openid-configuration} and {@code /policies}.
 *
 * <p>It appraises what it gets with code of its own and says in its tokens what it found. What it
 * does not believe it refuses with 400 and a code that names the check, such as {@code
 * AttestationKey}; the codes are not Microsoft's. It looks neither at TCB levels nor at revocation
 * nor at the boot log, and its policies decide nothing.
 */
public final class FakeMaa implements AutoCloseable {
  /** Which of its keys signs tokens, until there is another. */
  public static final String KID = "fake-maa-signing-key";

  /** Where it publishes its keys. */
  public static final String CERTS = "/certs";

  /** Where guests are attested. */
  public static final String ATTEST_GUEST = "/attest/AzureGuest";

  private static final String POLICIES = "/policies/";

  /** A key and the name under which it is published. */
  private record Signer(String kid, RsaSigningKey key) {}

  private final FakeWebPki web;
  private final FaultyServer server;
  private final Instant at;
  private final MaaHardware hardware;
  private final MaaPolicies policies = new MaaPolicies(this::changed, () -> signer().key());
  private volatile Signer signer = new Signer(KID, RsaSigningKey.of(2048, "fake MAA"));
  private int rotations;
  private volatile UnaryOperator<TokenWriter> tokenChange = UnaryOperator.identity();
  private volatile UnaryOperator<SealedTokenWriter> sealChange = UnaryOperator.identity();
  private volatile UnaryOperator<JwksWriter> keysChange = UnaryOperator.identity();

  private FakeMaa(Instant at, List<TrustAnchor> anchors) {
    this.at = at;
    hardware = new MaaHardware(anchors, at);
    // TLS lives in the real time, whatever time the machines live in.
    web = new FakeWebPki(Instant.now(), "attestation");
    WebServer identity = web.issue(web.server("localhost"));
    SSLContext tls = FakeTls.server(identity.key().privateKey(), identity.chain());
    server = FaultyServer.https(tls, this::answer);
  }

  /**
   * Starts a provider.
   *
   * @param at when it issues tokens
   * @param machines whose vendors it trusts
   */
  public static FakeMaa start(Instant at, SimulatedCvm... machines) {
    List<TrustAnchor> anchors = new ArrayList<>();
    for (SimulatedCvm machine : machines) {
      anchors.addAll(machine.trustAnchors().anchors());
    }
    return new FakeMaa(at, List.copyOf(anchors));
  }

  /** Its URL, which its tokens name as their issuer: {@code https://localhost} and a port. */
  public String url() {
    return server.url();
  }

  /** The server that it runs on, to be told to misbehave. */
  public FaultyServer server() {
    return server;
  }

  /** For a client that trusts this provider's TLS root and no other. */
  public SSLContext clientContext() {
    return FakeTls.client(web.root());
  }

  /** The policy in force for {@code AzureGuest}, {@code SevSnpVm} or {@code TdxVm}. */
  public String policy(String kind) {
    return policies.text(kind);
  }

  /** From now on tokens are signed with another key, which alone is published. */
  public synchronized void rotateKeys() {
    rotations++;
    String kid = KID + "-" + rotations;
    signer = new Signer(kid, RsaSigningKey.of(2048, kid));
  }

  /** Changes every token before it is signed. */
  public FakeMaa onToken(UnaryOperator<TokenWriter> change) {
    tokenChange = change;
    return this;
  }

  /** Changes what is published of its keys. */
  public FakeMaa onKeys(UnaryOperator<JwksWriter> change) {
    keysChange = change;
    return this;
  }

  /** Changes every sealed answer. */
  public FakeMaa onSeal(UnaryOperator<SealedTokenWriter> change) {
    sealChange = change;
    return this;
  }

  @Override
  public void close() {
    server.close();
  }

  private FakeResponse answer(FakeRequest request) {
    String path = request.path();
    if (path.equals(CERTS)) {
      Signer current = signer;
      Bytes keys = keysChange.apply(new JwksWriter().key(current.kid(), current.key())).json();
      return FakeResponse.of("application/jwk+json", keys);
    }
    if (path.equals("/.well-known/openid-configuration")) {
      return FakeResponse.json(metadata());
    }
    if (path.startsWith(POLICIES)) {
      return policies.answer(path.substring(POLICIES.length()), request);
    }
    if (!request.method().equals("POST")) {
      return FakeResponse.error(404, "NotFound");
    }
    if (!request.query().startsWith("api-version=20")) {
      return FakeResponse.error(400, "ApiVersion");
    }
    try {
      Map<String, Object> body = JsonText.object(new String(request.body().toArray(), UTF_8));
      return switch (path) {
        case ATTEST_GUEST -> guest(body);
        case "/attest/SevSnpVm" -> snp(body);
        case "/attest/TdxVm" -> tdx(body);
        default -> FakeResponse.error(404, "NotFound");
      };
    } catch (MaaRefusal refusal) {
      return FakeResponse.error(400, refusal.code());
    } catch (IllegalArgumentException notBase64OrJson) {
      return FakeResponse.error(400, "Encoding");
    }
  }

  private Signer signer() {
    return signer;
  }

  private FakeResponse guest(Map<String, Object> body) throws MaaRefusal {
    MaaGuest guest = MaaGuest.appraise(MaaGuest.decoded(body, "AttestationInfo"), hardware);
    TokenWriter token = blank().claimText("x-ms-policy-hash", policies.hash("AzureGuest"));
    guest.tell(token);
    String jwt = tokenChange.apply(token).sign(signer.key());
    SealedTokenWriter sealed =
        new SealedTokenWriter(jwt, MaaSignatures.rsa(guest.key().modulus(), guest.key().e()));
    return token(sealChange.apply(sealed).write());
  }

  private FakeResponse snp(Map<String, Object> body) throws MaaRefusal {
    Map<String, Object> proof =
        JsonText.object(new String(MaaGuest.decoded(body, "report").toArray(), UTF_8));
    return platform(
        "SevSnpVm",
        body,
        hardware.snp(
            MaaGuest.decoded(proof, "SnpReport"),
            MaaGuest.decoded(proof, "VcekCertChain"),
            MaaGuest.decoded(body, "runtimeData", "data")));
  }

  private FakeResponse tdx(Map<String, Object> body) throws MaaRefusal {
    Bytes quote = MaaGuest.decoded(body, "quote");
    return platform(
        "TdxVm", body, hardware.tdx(quote, MaaGuest.decoded(body, "runtimeData", "data")));
  }

  private FakeResponse platform(String kind, Map<String, Object> body, JsonMembers found)
      throws MaaRefusal {
    MaaRefusal.unless(JsonText.text(body, "runtimeData", "dataType").equals("JSON"), "DataType");
    TokenWriter token = blank().claimText("x-ms-policy-hash", policies.hash(kind));
    found.each(token::claim);
    token.claimText("nonce", JsonText.text(body, "nonce"));
    return token(tokenChange.apply(token).sign(signer.key()));
  }

  private TokenWriter changed() {
    return tokenChange.apply(blank());
  }

  private TokenWriter blank() {
    return TokenWriter.of(url(), signer.kid(), at);
  }

  private static FakeResponse token(String text) {
    return FakeResponse.json("{\"token\":\"" + text + "\"}");
  }

  private String metadata() {
    return new JsonMembers()
        .set("issuer", JsonMembers.quoted(url()))
        .set("jwks_uri", JsonMembers.quoted(url() + CERTS))
        .set("response_types_supported", "[\"token\"]")
        .set("id_token_signing_alg_values_supported", "[\"RS256\"]")
        .set(
            "claims_supported",
            JsonMembers.array(
                Stream.of("iss", "iat", "nbf", "exp", "x-ms-attestation-type", "x-ms-runtime")
                    .map(JsonMembers::quoted)))
        .json();
  }
}

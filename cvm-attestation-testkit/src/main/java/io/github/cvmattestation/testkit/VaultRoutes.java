package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What a fake vault does at its URLs (Key Vault REST 2025-07-01, Keys). */
final class VaultRoutes {
  private static final String KEYS = "keys";
  private static final String VERSION = "api-version=";
  private static final int DEFAULT_BITS = 2048;
  private static final int MAX_NONCE = 64;

  private final String host;
  private final AtomicInteger releases;
  private final Map<String, List<VaultKey>> keys = new HashMap<>();
  private ReleasePolicyCheck check = (policy, token) -> true;
  private UnaryOperator<ReleaseAnswerWriter> change = UnaryOperator.identity();
  private WebServer signer;
  private UnaryOperator<String> secureChange = UnaryOperator.identity();
  private boolean toGuest;

  VaultRoutes(String host, WebServer identity, AtomicInteger releases) {
    this.host = host;
    signer = identity;
    this.releases = releases;
  }

  synchronized void policyCheck(ReleasePolicyCheck wanted) {
    check = wanted;
  }

  synchronized void onRelease(UnaryOperator<ReleaseAnswerWriter> wanted) {
    change = wanted;
  }

  synchronized void signReleasesAs(WebServer wanted) {
    signer = wanted;
  }

  synchronized void onSecureWrap(UnaryOperator<String> wanted) {
    secureChange = wanted;
  }

  synchronized void secureUnwrapToGuest(boolean wanted) {
    toGuest = wanted;
  }

  synchronized String add(String name, VaultKey key) {
    keys.computeIfAbsent(name, missing -> new ArrayList<>()).add(key);
    return url(name, key);
  }

  synchronized FakeResponse answer(FakeRequest request) {
    try {
      return route(request);
    } catch (IllegalArgumentException e) {
      return FakeResponse.error(400, "BadParameter");
    }
  }

  private FakeResponse route(FakeRequest request) {
    String method = request.method();
    String body = KeyWrapping.utf8(request.body());
    List<String> path = List.of(request.path().substring(1).split("/", -1));
    if (!request.query().contains(VERSION) || path.size() < 2 || !path.get(0).equals(KEYS)) {
      return FakeResponse.error(400, "BadParameter");
    }
    String name = path.get(1);
    String action = path.size() == 2 ? "" : path.get(path.size() - 1);
    boolean versioned = path.size() == 4;
    if (method.equals("PUT") && path.size() == 2) {
      return put(name, JsonText.object(body));
    }
    if (method.equals("POST") && action.equals("create") && path.size() == 3) {
      return create(name, JsonText.object(body));
    }
    if (method.equals("POST") && action.equals("release") && (versioned || path.size() == 3)) {
      VaultKey key = find(name, versioned ? path.get(2) : null);
      return key == null ? notFound() : release(name, key, JsonText.object(body), request.query());
    }
    if (method.equals("POST") && versioned && action.startsWith("secure")) {
      VaultKey key = find(name, path.get(2));
      return key == null ? notFound() : secure(action, name, key, JsonText.object(body));
    }
    if (method.equals("GET") && path.size() <= 3) {
      // The Azure SDK ends a request for the newest version with a slash.
      VaultKey key = find(name, action.isEmpty() ? null : action);
      return key == null ? notFound() : FakeResponse.json(bundle(name, key));
    }
    return notFound();
  }

  private static FakeResponse notFound() {
    return FakeResponse.error(404, "KeyNotFound");
  }

  private @Nullable VaultKey find(String name, @Nullable String version) {
    List<VaultKey> versions = keys.getOrDefault(name, List.of());
    if (version == null) {
      return versions.isEmpty() ? null : versions.get(versions.size() - 1);
    }
    return versions.stream().filter(key -> key.version().equals(version)).findFirst().orElse(null);
  }

  private FakeResponse create(String name, Map<String, Object> asked) {
    int bits =
        JsonText.find(asked, "key_size") instanceof BigDecimal size
            ? size.intValueExact()
            : DEFAULT_BITS;
    VaultKey key =
        VaultKey.generate(
            JsonText.text(asked, "kty"),
            bits,
            JsonText.text(asked, "crv"),
            attributes(asked),
            policy(asked));
    if (SecureWrapping.isMeant(asked)) {
      if (!key.kty().equals("RSA-HSM")) {
        return FakeResponse.error(400, "BadParameter");
      }
      SecureWrapping.mark(key.jwk());
    }
    return keep(name, key);
  }

  private FakeResponse put(String name, Map<String, Object> asked) {
    if (!(asked.get("key") instanceof Map<?, ?> jwk)) {
      return FakeResponse.error(400, "BadParameter");
    }
    return keep(name, VaultKey.imported(jwk, attributes(asked), policy(asked)));
  }

  /** What may leave the vault must say to whom, and only keys of the HSM may leave it. */
  private FakeResponse keep(String name, VaultKey key) {
    if (key.isExportable() && (key.policy().isEmpty() || !key.kty().endsWith("-HSM"))) {
      return FakeResponse.error(400, "BadParameter");
    }
    if (SecureWrapping.isMeant(key.jwk()) && (key.isExportable() || key.policy().isEmpty())) {
      return FakeResponse.error(400, "BadParameter");
    }
    add(name, key);
    return FakeResponse.json(bundle(name, key));
  }

  private static Map<String, Object> attributes(Map<String, Object> asked) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("enabled", true);
    attributes.put("exportable", false);
    if (asked.get("attributes") instanceof Map<?, ?> given) {
      given.forEach((name, value) -> attributes.put((String) name, value));
    }
    return attributes;
  }

  private static Map<String, Object> policy(Map<String, Object> asked) {
    Map<String, Object> policy = new LinkedHashMap<>();
    if (asked.get("release_policy") instanceof Map<?, ?> given) {
      given.forEach((name, value) -> policy.put((String) name, value));
    }
    return policy;
  }

  private FakeResponse release(String name, VaultKey key, Map<String, Object> asked, String query) {
    String token = JsonText.text(asked, "target");
    String nonce = JsonText.text(asked, "nonce");
    String enc = JsonText.text(asked, "enc");
    if (!key.isExportable() || token.isEmpty() || nonce.length() > MAX_NONCE) {
      return FakeResponse.error(400, "BadParameter");
    }
    if (!check.permits(key.policyText(), token)) {
      return forbidden();
    }
    Bytes ciphertext = KeyWrapping.wrap(KeyWrapping.guestKey(token), enc, key.secret());
    String named = enc.isEmpty() ? "CKM_RSA_AES_KEY_WRAP" : enc;
    ReleaseAnswerWriter answer =
        new ReleaseAnswerWriter(url(name, key), named, nonce, key.kty(), ciphertext)
            .request("api-version", JsonMembers.quoted(query.replaceAll(".*" + VERSION, "")));
    key.jwk().forEach((member, value) -> answer.key(member, JsonText.write(value)));
    key.attributes().forEach((member, value) -> answer.attribute(member, JsonText.write(value)));
    answer.bundle("release_policy", JsonText.write(key.policy()));
    releases.incrementAndGet();
    return FakeResponse.json("{\"value\":\"" + change.apply(answer).sign(signer) + "\"}");
  }

  private static FakeResponse forbidden() {
    return FakeResponse.json(
            "{\"error\":{\"code\":\"Forbidden\",\"message\":\"no matter\","
                + "\"innererror\":{\"code\":\"ForbiddenByPolicy\"}}}")
        .withStatus(403);
  }

  /** No vault but a Managed HSM has these. */
  private FakeResponse secure(String action, String name, VaultKey key, Map<String, Object> asked) {
    boolean unwrap = action.equals(SecureWrapping.UNWRAP);
    if (!host.contains(".managedhsm.") || !(unwrap || action.equals(SecureWrapping.WRAP))) {
      return notFound();
    }
    if (unwrap && !check.permits(key.policyText(), JsonText.text(asked, "target"))) {
      return forbidden();
    }
    Bytes value =
        unwrap ? SecureWrapping.unwrap(key, asked, toGuest) : SecureWrapping.wrap(key, asked);
    String answer = SecureWrapping.answer(url(name, key), value);
    return FakeResponse.json(secureChange.apply(answer));
  }

  private String bundle(String name, VaultKey key) {
    Map<String, Object> jwk = new LinkedHashMap<>();
    jwk.put("kid", url(name, key));
    jwk.put("kty", key.kty());
    jwk.putAll(key.jwk());
    JsonMembers out =
        new JsonMembers()
            .set("key", JsonText.write(jwk))
            .set("attributes", JsonText.write(key.attributes()));
    if (!key.policy().isEmpty()) {
      out.set("release_policy", JsonText.write(key.policy()));
    }
    return out.json();
  }

  private String url(String name, VaultKey key) {
    return "https://" + host + "/keys/" + name + "/" + key.version();
  }
}

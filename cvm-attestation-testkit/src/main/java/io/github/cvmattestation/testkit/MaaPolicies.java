package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** A fake attestation service's policies, by the kind of evidence: read, replaced, reset. */
final class MaaPolicies {
  private static final String DEFAULT_TEXT =
      "version=1.0; authorizationrules { => permit(); }; issuancerules { };";
  private static final Set<String> KINDS = Set.of("AzureGuest", "SevSnpVm", "TdxVm");
  private static final String RESET = ":reset";

  private final Supplier<TokenWriter> blank;
  private final Supplier<RsaSigningKey> signer;
  private final Map<String, String> uploaded = new HashMap<>();

  MaaPolicies(Supplier<TokenWriter> blank, Supplier<RsaSigningKey> signer) {
    this.blank = blank;
    this.signer = signer;
  }

  /** x-ms-policy-hash: over the text in base64url, not over the text. */
  synchronized String hash(String kind) {
    String encoded = TokenWriter.base64Url(Bytes.of(text(kind).getBytes(UTF_8)));
    return TokenWriter.base64Url(Hashes.digest("SHA-256", Bytes.of(encoded.getBytes(UTF_8))));
  }

  /** The text in force. */
  synchronized String text(String kind) {
    String jws = uploaded.get(kind);
    if (jws == null) {
      return DEFAULT_TEXT;
    }
    byte[] payload = Base64.getUrlDecoder().decode(jws.split("\\.", -1)[1]);
    Map<String, Object> stored = JsonText.object(new String(payload, UTF_8));
    return new String(MaaGuest.decoded(stored, "AttestationPolicy").toArray(), UTF_8);
  }

  synchronized FakeResponse answer(String kindAndVerb, FakeRequest request) {
    boolean reset = kindAndVerb.endsWith(RESET);
    String kind =
        reset ? kindAndVerb.substring(0, kindAndVerb.length() - RESET.length()) : kindAndVerb;
    if (!KINDS.contains(kind)) {
      return FakeResponse.error(404, "NotFound");
    }
    if (!request.header("authorization").orElse("").startsWith("Bearer ")) {
      return FakeResponse.error(401, "Unauthorized");
    }
    String body = new String(request.body().toArray(), UTF_8);
    return switch (reset ? "RESET" : request.method()) {
      case "GET" -> signed(blank.get().claimText("x-ms-policy", stored(kind)));
      case "PUT" -> {
        uploaded.put(kind, body);
        yield modified("Updated", body);
      }
      case "RESET" -> {
        uploaded.remove(kind);
        yield modified("Removed", body);
      }
      default -> FakeResponse.error(405, "MethodNotAllowed");
    };
  }

  private String stored(String kind) {
    String jws = uploaded.get(kind);
    if (jws != null) {
      return jws;
    }
    String payload =
        new JsonMembers()
            .set(
                "AttestationPolicy",
                JsonMembers.quoted(TokenWriter.base64Url(Bytes.of(DEFAULT_TEXT.getBytes(UTF_8)))))
            .json();
    return TokenWriter.base64Url(Bytes.of("{\"alg\":\"none\"}".getBytes(UTF_8)))
        + "."
        + TokenWriter.base64Url(Bytes.of(payload.getBytes(UTF_8)))
        + ".";
  }

  private FakeResponse modified(String result, String jws) {
    Bytes hash = Hashes.digest("SHA-256", Bytes.of(jws.getBytes(UTF_8)));
    return signed(
        blank
            .get()
            .claimText("x-ms-policy-result", result)
            .claimText("x-ms-policy-token-hash", TokenWriter.base64Url(hash)));
  }

  private FakeResponse signed(TokenWriter token) {
    return FakeResponse.json("{\"token\":\"" + token.sign(signer.get()) + "\"}");
  }
}

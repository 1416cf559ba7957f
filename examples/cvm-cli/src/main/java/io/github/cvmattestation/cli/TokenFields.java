package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.token.AttestationToken;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a token says: a JWS in compact serialisation (RFC 7515, section 7.1) with claims (RFC 7519).
 * Its signature is not looked at, and the token itself, a credential, is not printed.
 */
final class TokenFields {
  private static final String KIND = "x-ms-attestation-type";
  private static final String TEE = "x-ms-isolation-tee";

  /** What counts of a header; the rest is the sender's advice on which key to believe. */
  private static final List<String> HEADER = List.of("alg", "kid", "typ");

  /** The end of the year 9999. */
  private static final long LAST_SECOND = 253_402_300_799L;

  /**
   * Base64url of a text that begins with a brace, and a dot behind it; or nothing behind it, of a
   * token that was cut off.
   */
  private static final Pattern START =
      Pattern.compile(
          "(?:e[w-z0-9_-][A-Za-z0-9_-]*+\\.|eyJ[A-Za-z0-9_-]++\\s*+\\z).*+", Pattern.DOTALL);

  private TokenFields() {}

  /** Whether this may be a token. */
  static boolean resembles(Bytes text) {
    return START.matcher(new String(text.toArray(), StandardCharsets.ISO_8859_1)).matches();
  }

  /** Its header, claims and the size of its signature. */
  static ClaimValue.Group of(Bytes text) throws MalformedException {
    String[] parts = parts(text);
    JsonTree header = JsonTree.read("token.header", decoded("token.header", parts[0]));
    JsonTree claims = JsonTree.read("token.claims", decoded("token.claims", parts[1]));
    int signature = decoded("token.signature", parts[2]).size();
    ClaimValue.Builder fields =
        ClaimValue.Group.builder().put("header", header(header)).put("kind", kind(claims));
    claims.at("iss").ifPresent(issuer -> fields.put("issuer", issuer));
    put(fields, "issuedAt", instant(claims, "iat"));
    put(fields, "notBefore", instant(claims, "nbf"));
    put(fields, "expiresAt", instant(claims, "exp"));
    return fields
        .put("claims", claims.members())
        .put("signature", signature + " bytes, NOT CHECKED")
        .build();
  }

  /**
   * The claims of a token, JSON.
   *
   * @throws MalformedException for what is no token; nothing of it is repeated
   */
  static Bytes claims(Bytes text) throws MalformedException {
    return decoded("token.claims", parts(text)[1]);
  }

  private static String[] parts(Bytes text) throws MalformedException {
    String compact = new String(text.toArray(), StandardCharsets.ISO_8859_1).strip();
    return AttestationToken.parse(compact).compact().split("\\.", -1);
  }

  private static ClaimValue.Group header(JsonTree header) {
    ClaimValue.Builder fields = ClaimValue.Group.builder();
    for (String name : HEADER) {
      header.at(name).ifPresent(value -> fields.put(name, value));
    }
    List<ClaimValue> others =
        header.members().members().keySet().stream()
            .filter(name -> !HEADER.contains(name))
            .<ClaimValue>map(ClaimValue.Text::new)
            .toList();
    return fields.put("alsoNamed", new ClaimValue.Many(others)).build();
  }

  /** What was appraised, and what isolates it. */
  private static String kind(JsonTree claims) {
    String tee = claims.text(TEE, KIND).map(text -> ", isolated by " + text).orElse("");
    return claims.text(KIND).map(text -> text + tee).orElse("no attestation of Azure's");
  }

  private static Optional<Instant> instant(JsonTree claims, String name) {
    return claims
        .at(name)
        .filter(ClaimValue.Unsigned.class::isInstance)
        .map(value -> ((ClaimValue.Unsigned) value).value())
        .filter(seconds -> seconds >= 0 && seconds <= LAST_SECOND)
        .map(Instant::ofEpochSecond);
  }

  private static void put(ClaimValue.Builder fields, String name, Optional<Instant> value) {
    value.ifPresent(instant -> fields.put(name, instant.toString()));
  }

  /** Base64url without padding, in the one form that encoding gives. */
  private static Bytes decoded(String part, String text) throws MalformedException {
    try {
      byte[] octets = Base64.getUrlDecoder().decode(text);
      if (Base64.getUrlEncoder().withoutPadding().encodeToString(octets).equals(text)) {
        return Bytes.of(octets);
      }
    } catch (IllegalArgumentException e) {
      // said below
    }
    throw new MalformedException(part, "canonical base64url", "something else");
  }
}

package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Writes a token as Microsoft Azure Attestation issues it (RFC 7515, section 7.1; RFC 7519), member
 * by member, with no opinion on what makes sense: values go into header and claims as the JSON that
 * they are given as, names may come twice, and anything may sign.
 *
 * <p>It begins as a token that holds for eight hours and says nothing of any machine; {@link
 * #azureGuest} and the others add what the service says of each kind of evidence.
 */
public final class TokenWriter {
  private static final Duration LIFETIME = Duration.ofHours(8);

  private final JsonMembers header = new JsonMembers();
  private final JsonMembers claims = new JsonMembers();

  private TokenWriter(String issuer, String kid, Instant at) {
    headerText("alg", "RS256").headerText("jku", issuer + "/certs").headerText("kid", kid);
    headerText("typ", "JWT");
    claim("exp", Long.toString(at.plus(LIFETIME).getEpochSecond()));
    claim("iat", Long.toString(at.getEpochSecond()));
    claimText("iss", issuer);
    claim("nbf", Long.toString(at.getEpochSecond()));
    claimText("x-ms-ver", "1.0");
  }

  /** A token about nothing yet, issued at {@code at} and signed by the key called {@code kid}. */
  public static TokenWriter of(String issuer, String kid, Instant at) {
    return new TokenWriter(issuer, kid, at);
  }

  /**
   * What the service says of a healthy confidential VM whose vTPM it has seen.
   *
   * @param tee {@code sevsnpvm} or {@code tdxvm}
   * @param nonce the text that the client sent as its nonce; repeated in base64
   * @param guestKey the vTPM's ephemeral key
   */
  public TokenWriter azureGuest(String tee, String nonce, RsaSigningKey guestKey) {
    claimText("x-ms-attestation-type", "azurevm");
    claim("secureboot", "true");
    for (String flag :
        new String[] {"bootdebug", "hypervisordebug", "kerneldebug", "testsigning"}) {
      claim("x-ms-azurevm-" + flag + "-enabled", "false");
    }
    claimText("x-ms-azurevm-vmid", "2DEDC52A-6832-46CE-9910-E8C9980BF5A7");
    claim("x-ms-isolation-tee", platform(new JsonMembers(), tee).json());
    String payload = new JsonMembers().set("nonce", quoted(base64(nonce))).json();
    return claim(
        "x-ms-runtime",
        new JsonMembers()
            .set("client-payload", payload)
            .set("keys", "[" + jwk("TpmEphemeralEncryptionKey", "encrypt", guestKey) + "]")
            .json());
  }

  /**
   * What the service says of a hardware report or TD quote without a vTPM.
   *
   * @param tee {@code sevsnpvm} or {@code tdxvm}
   * @param nonce the nonce of the request, repeated as it is
   * @param guestKey a key in the data that the report is bound to
   */
  public TokenWriter platform(String tee, String nonce, RsaSigningKey guestKey) {
    platform(claims, tee);
    claimText("nonce", nonce);
    String keys = "[" + jwk("Guest", "encrypt", guestKey) + "]";
    return claim("x-ms-runtime", new JsonMembers().set("keys", keys).json());
  }

  private static JsonMembers platform(JsonMembers out, String tee) {
    out.set("x-ms-attestation-type", quoted(tee));
    out.set("x-ms-compliance-status", quoted("azure-compliant-cvm"));
    boolean snp = tee.equals("sevsnpvm");
    return out.set(snp ? "x-ms-sevsnpvm-is-debuggable" : "tdx_td_attributes_debug", "false");
  }

  /** Sets a member of the header to any JSON. */
  public TokenWriter header(String name, String json) {
    header.set(name, json);
    return this;
  }

  /** Sets a member of the header to a text. */
  public TokenWriter headerText(String name, String text) {
    return header(name, quoted(text));
  }

  /** Appends a member to the header, even where there is one of that name. */
  public TokenWriter addHeader(String name, String json) {
    header.add(name, json);
    return this;
  }

  /** Leaves a member of the header out. */
  public TokenWriter withoutHeader(String name) {
    header.remove(name);
    return this;
  }

  /** Sets a claim to any JSON. */
  public TokenWriter claim(String name, String json) {
    claims.set(name, json);
    return this;
  }

  /** Sets a claim to a text. */
  public TokenWriter claimText(String name, String text) {
    return claim(name, quoted(text));
  }

  /** Appends a claim, even where there is one of that name. */
  public TokenWriter addClaim(String name, String json) {
    claims.add(name, json);
    return this;
  }

  /** Leaves a claim out. */
  public TokenWriter withoutClaim(String name) {
    claims.remove(name);
    return this;
  }

  /** The claims as JSON, without white space. */
  public String claimsJson() {
    return claims.json();
  }

  /** Signed with RSASSA-PKCS1-v1_5 and SHA-256: RS256, whatever the header says. */
  public String sign(RsaSigningKey key) {
    return sign(input -> key.signPkcs1("SHA-256", input));
  }

  /** Signed by any means: from the octets of header, dot and claims to those of the signature. */
  public String sign(Function<Bytes, Bytes> signer) {
    return signed(claims.json(), signer);
  }

  /** This header and any text for claims, signed as {@link #sign(RsaSigningKey)} does. */
  public String signRaw(String payload, RsaSigningKey key) {
    return signed(payload, input -> key.signPkcs1("SHA-256", input));
  }

  /** With an empty signature. */
  public String unsigned() {
    return sign(input -> Bytes.empty());
  }

  /** HMAC with SHA-256 under any octets: HS256, whatever the header says. */
  public String signHmac(Bytes key) {
    return sign(
        input -> {
          try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key.toArray(), "HmacSHA256"));
            return Bytes.of(mac.doFinal(input.toArray()));
          } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private String signed(String payload, Function<Bytes, Bytes> signer) {
    String input = base64Url(utf8(header.json())) + "." + base64Url(utf8(payload));
    return input + "." + base64Url(signer.apply(utf8(input)));
  }

  /** A public RSA key as a JWK (RFC 7517, section 4; RFC 7518, section 6.3.1). */
  public static String jwk(String kid, String operation, RsaSigningKey key) {
    return new JsonMembers()
        .set("e", quoted("AQAB"))
        .set("key_ops", "[" + quoted(operation) + "]")
        .set("kid", quoted(kid))
        .set("kty", quoted("RSA"))
        .set("n", quoted(base64Url(key.modulus())))
        .json();
  }

  /** Octets in base64url without padding (RFC 7515, section 2). */
  public static String base64Url(Bytes octets) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets.toArray());
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private static String quoted(String text) {
    return JsonMembers.quoted(text);
  }

  private static Bytes utf8(String text) {
    return Bytes.of(text.getBytes(UTF_8));
  }
}

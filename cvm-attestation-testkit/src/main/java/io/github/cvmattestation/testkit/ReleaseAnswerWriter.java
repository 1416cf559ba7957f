package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Base64;

/**
 * Writes what a vault answers when it releases a key (Key Vault REST, Release): a JWS around the
 * request and the key. Every member can be set to any JSON text, or left out; the signature holds
 * all the same, unless told otherwise.
 */
public final class ReleaseAnswerWriter {
  private final JsonMembers header = new JsonMembers();
  private final JsonMembers request = new JsonMembers();
  private final JsonMembers key = new JsonMembers();
  private final JsonMembers attributes = new JsonMembers();
  private final JsonMembers bundle = new JsonMembers();
  private final JsonMembers wrapping = new JsonMembers();
  private final JsonMembers wrappingHeader = new JsonMembers();

  /**
   * An answer to a request.
   *
   * @param keyUrl the key with its version
   * @param enc how it is wrapped
   * @param nonce the request's
   * @param kty such as {@code RSA-HSM}
   * @param ciphertext the wrapped key
   */
  public ReleaseAnswerWriter(
      String keyUrl, String enc, String nonce, String kty, Bytes ciphertext) {
    header.set("alg", quoted("RS256")).set("typ", quoted("JWT"));
    request.set("api-version", quoted("7.6")).set("enc", quoted(enc));
    request.set("kid", quoted(keyUrl)).set("nonce", quoted(nonce));
    key.set("kid", quoted(keyUrl)).set("kty", quoted(kty));
    key.set("key_ops", "[\"encrypt\",\"decrypt\"]");
    attributes.set("enabled", "true").set("exportable", "true");
    attributes.set("created", "1700000000").set("updated", "1700000000");
    wrappingHeader.set("kid", quoted("TpmEphemeralEncryptionKey")).set("alg", quoted("dir"));
    wrappingHeader.set("enc", quoted(enc));
    wrapping.set("schema_version", quoted("1.0")).set("header", "");
    wrapping.set("ciphertext", quoted(base64Url(ciphertext)));
  }

  /** Sets a member of the JOSE header; without a value, leaves it out. */
  public ReleaseAnswerWriter header(String name, String json) {
    return put(header, name, json);
  }

  /** Sets a member of {@code request}. */
  public ReleaseAnswerWriter request(String name, String json) {
    return put(request, name, json);
  }

  /** Sets a member of {@code response.key.key}, the JWK. */
  public ReleaseAnswerWriter key(String name, String json) {
    return put(key, name, json);
  }

  /** Sets a member of {@code response.key.attributes}. */
  public ReleaseAnswerWriter attribute(String name, String json) {
    return put(attributes, name, json);
  }

  /** Sets a member of {@code response.key}, such as {@code release_policy}. */
  public ReleaseAnswerWriter bundle(String name, String json) {
    return put(bundle, name, json);
  }

  /** Sets a member of what {@code key_hsm} contains. */
  public ReleaseAnswerWriter wrapping(String name, String json) {
    return put(wrapping, name, json);
  }

  /** Sets a member of the header inside {@code key_hsm}. */
  public ReleaseAnswerWriter wrappingHeader(String name, String json) {
    return put(wrappingHeader, name, json);
  }

  private ReleaseAnswerWriter put(JsonMembers members, String name, String json) {
    if (json.isEmpty()) {
      members.remove(name);
    } else {
      members.set(name, json);
    }
    return this;
  }

  /** The answer, signed by {@code signer} as the header says, with its certificates. */
  public String sign(WebServer signer) {
    Bytes leaf = signer.chain().get(0);
    header.set("x5c", JsonMembers.array(signer.chain().stream().map(der -> quoted(base64(der)))));
    header.set("x5t#S256", quoted(base64Url(Hashes.digest("SHA-256", leaf))));
    return signAsIs(signer);
  }

  /** The same with whatever certificates the header has been given. */
  public String signAsIs(WebServer signer) {
    String signed = part(header.json()) + "." + part(payload());
    Bytes input = Bytes.of(signed.getBytes(UTF_8));
    String alg = header.json();
    String digest = "SHA-" + alg.replaceAll("(?s).*\"alg\":\"[RP]S(\\d+)\".*", "$1");
    Bytes signature =
        alg.contains("\"alg\":\"PS")
            ? signer.key().signPss(digest, digest, Integer.parseInt(digest.substring(4)) / 8, input)
            : signer.key().signPkcs1(digest.length() == 7 ? digest : "SHA-256", input);
    return signed + "." + base64Url(signature);
  }

  /** The payload's JSON. */
  String payload() {
    String inside = wrapping.json(name -> wrappingHeader.json());
    if (!key.json().contains("\"key_hsm\"")) {
      key.set("key_hsm", quoted(part(inside)));
    }
    String whole =
        new JsonMembers().set("key", key.json()).set("attributes", attributes.json()).json();
    String more = bundle.json();
    String joined =
        more.length() > 2
            ? whole.substring(0, whole.length() - 1) + "," + more.substring(1)
            : whole;
    return "{\"request\":" + request.json() + ",\"response\":{\"key\":" + joined + "}}";
  }

  private static String part(String json) {
    return base64Url(Bytes.of(json.getBytes(UTF_8)));
  }

  static String base64Url(Bytes octets) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(octets.toArray());
  }

  private static String base64(Bytes octets) {
    return Base64.getEncoder().encodeToString(octets.toArray());
  }

  private static String quoted(String text) {
    return JsonMembers.quoted(text);
  }
}

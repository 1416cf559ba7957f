package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;

/**
 * A JSON document with its signature, as Intel's provisioning certification service hands it out
 * (Intel PCS API v4).
 *
 * @param member under which name it stands in an answer: {@code tcbInfo} or {@code enclaveIdentity}
 * @param text the signed bytes
 * @param signature r and s, big-endian, 64 bytes
 */
public record SignedJson(String member, Bytes text, Bytes signature) {
  /** Signs a text, whatever it is. */
  public static SignedJson of(String member, Bytes text, EcSigningKey key) {
    return new SignedJson(member, text, key.sign("SHA-256", text));
  }

  /** The text as a string. */
  public String json() {
    return new String(text.toArray(), UTF_8);
  }

  /** Another text under the same signature. */
  public SignedJson withText(Bytes other) {
    return new SignedJson(member, other, signature);
  }

  /** Another signature. */
  public SignedJson withSignature(Bytes other) {
    return new SignedJson(member, text, other);
  }

  /** The body of an answer: an object of the document, verbatim, and the signature in hex. */
  public Bytes body() {
    return utf8("{\"" + member + "\":")
        .concat(text, utf8(",\"signature\":\"" + signature.hex() + "\"}"));
  }

  private static Bytes utf8(String value) {
    return Bytes.of(value.getBytes(UTF_8));
  }
}

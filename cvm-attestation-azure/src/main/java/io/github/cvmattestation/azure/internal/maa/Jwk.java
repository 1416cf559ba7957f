package io.github.cvmattestation.azure.internal.maa;

import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.Curve;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.DerReader;
import io.github.cvmattestation.attestation.internal.Json;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/** The public key in one JWK (RFC 7517, section 4), out of its certificate, its numbers or both. */
final class Jwk {
  /** The greatest RSA key that is checked with: a greater one is work for the verifier alone. */
  static final int MAX_RSA_BITS = 4096;

  /** The service embeds an SGX quote and its chain in a certificate. */
  static final int MAX_CERTIFICATE = 32 << 10;

  /** SubjectPublicKeyInfo of the greatest RSA key: modulus, exponent and what names them. */
  private static final int MAX_KEY_INFO = MAX_RSA_BITS / 8 + 64;

  private static final int MAX_CHAIN = 8;
  private static final int VERSION_TAG = 0xA0;

  /** 65537 (RFC 7518, section 6.3.1.2). */
  private static final String F4 = "AQAB";

  private Jwk() {}

  /**
   * The key of {@code entry}.
   *
   * @throws MalformedException if it is none of ours, or says two things
   * @throws io.github.cvmattestation.attestation.AttestationException.Service if it is too great
   */
  static PublicKeyInfo key(Json.Obj entry) throws MalformedException {
    Optional<PublicKeyInfo> certified = certified(entry);
    Optional<PublicKeyInfo> plain =
        switch (entry.require("kty").asString()) {
          case "RSA" -> rsa(entry);
          case "EC" -> ec(entry);
          default -> throw entry.wrong("an RSA or EC key");
        };
    if (certified.isPresent() && plain.isPresent() && !certified.equals(plain)) {
      throw entry.wrong("one key in x5c and beside it");
    }
    PublicKeyInfo key = certified.or(() -> plain).orElseThrow(() -> entry.wrong("a key"));
    if (key instanceof PublicKeyInfo.Rsa != entry.require("kty").asString().equals("RSA")) {
      throw entry.wrong("a certificate for a key of type kty");
    }
    return key;
  }

  private static Optional<PublicKeyInfo> rsa(Json.Obj entry) throws MalformedException {
    if (entry.get("n").isEmpty() && entry.get("e").isEmpty()) {
      return Optional.empty();
    }
    Bytes modulus = base64(entry.require("n"));
    if (modulus.size() > MAX_RSA_BITS / 8) {
      throw Jwks.unusable(Failure.INPUT_LIMIT);
    }
    if (!entry.require("e").asString().equals(F4)) {
      throw entry.wrong("exponent 65537");
    }
    if (modulus.isEmpty() || modulus.get(0) == 0) {
      throw entry.wrong("a modulus without leading zeros");
    }
    return Optional.of(PublicKeyInfo.rsa(new BigInteger(1, modulus.toArray())));
  }

  private static Optional<PublicKeyInfo> ec(Json.Obj entry) throws MalformedException {
    if (entry.get("x").isEmpty() && entry.get("y").isEmpty()) {
      return Optional.empty();
    }
    if (!entry.require("crv").asString().equals("P-256")) {
      throw entry.wrong("curve P-256");
    }
    return Optional.of(
        PublicKeyInfo.ec(Curve.P256, base64(entry.require("x")), base64(entry.require("y"))));
  }

  /** RFC 7517, section 4.7: the first certificate holds the key. */
  private static Optional<PublicKeyInfo> certified(Json.Obj entry) throws MalformedException {
    Optional<Json> x5c = entry.get("x5c");
    if (x5c.isEmpty()) {
      return Optional.empty();
    }
    List<Json> chain = x5c.get().asArray(MAX_CHAIN);
    if (chain.isEmpty()) {
      throw entry.wrong("a certificate in x5c");
    }
    Bytes info = keyInfo(base64(chain.get(0)));
    if (info.size() > MAX_KEY_INFO) {
      throw Jwks.unusable(Failure.INPUT_LIMIT);
    }
    return Optional.of(PublicKeyInfo.parse(info));
  }

  /**
   * SubjectPublicKeyInfo of a certificate (RFC 5280, section 4.1). Its dates, names and signature
   * are not looked at: they are the issuer's own, and what makes the key the issuer's is that it
   * publishes it.
   */
  private static Bytes keyInfo(Bytes der) throws MalformedException {
    if (der.size() > MAX_CERTIFICATE) {
      throw Jwks.unusable(Failure.INPUT_LIMIT);
    }
    DerReader whole = new DerReader("x5c[0]", der);
    DerReader outer = new DerReader("x5c[0]", whole.content(DerReader.SEQUENCE));
    whole.end();
    DerReader tbs = new DerReader("x5c[0]", outer.content(DerReader.SEQUENCE));
    outer.element(DerReader.SEQUENCE); // signatureAlgorithm
    outer.element(DerReader.BIT_STRING); // signatureValue
    outer.end();
    tbs.element(VERSION_TAG);
    tbs.element(DerReader.INTEGER); // serialNumber
    tbs.element(DerReader.SEQUENCE); // signature
    tbs.element(DerReader.SEQUENCE); // issuer
    tbs.element(DerReader.SEQUENCE); // validity
    tbs.element(DerReader.SEQUENCE); // subject
    return tbs.element(DerReader.SEQUENCE);
  }

  private static Bytes base64(Json value) throws MalformedException {
    return Base64s.decode(value.where(), value.asString());
  }
}

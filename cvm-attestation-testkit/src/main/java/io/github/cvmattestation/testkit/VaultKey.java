package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A key in a fake vault.
 *
 * @param version 32 hexadecimal digits
 * @param kty such as {@code RSA-HSM}
 * @param jwk the public members of its JWK: n and e, or crv, x and y
 * @param secret what is released: PKCS #8, or the octets of a symmetric key
 * @param attributes as JSON
 * @param policy the release policy as JSON, with its data in base64url; empty where there is none
 */
record VaultKey(
    String version,
    String kty,
    Map<String, Object> jwk,
    Bytes secret,
    Map<String, Object> attributes,
    Map<String, Object> policy) {
  private static final int VERSION_BYTES = 16;

  static String newVersion() {
    return random(VERSION_BYTES).hex();
  }

  static Bytes random(int size) {
    byte[] drawn = new byte[size];
    new SecureRandom().nextBytes(drawn);
    return Bytes.of(drawn);
  }

  boolean isExportable() {
    return Boolean.TRUE.equals(attributes.get("exportable"));
  }

  /** The policy's text. */
  Bytes policyText() {
    return decoded(JsonText.text(policy, "data"));
  }

  /** A key with these attributes; its material is new. */
  static VaultKey generate(
      String kty,
      int bits,
      String curve,
      Map<String, Object> attributes,
      Map<String, Object> policy) {
    try {
      if (kty.startsWith("oct")) {
        return new VaultKey(newVersion(), kty, Map.of(), random(bits / 8), attributes, policy);
      }
      KeyPairGenerator generator =
          KeyPairGenerator.getInstance(kty.startsWith("RSA") ? "RSA" : "EC");
      if (kty.startsWith("RSA")) {
        generator.initialize(bits);
      } else {
        generator.initialize(new ECGenParameterSpec("secp" + curve.substring(2) + "r1"));
      }
      KeyPair pair = generator.generateKeyPair();
      return new VaultKey(
          newVersion(),
          kty,
          publicMembers(pair.getPublic()),
          Bytes.of(pair.getPrivate().getEncoded()),
          attributes,
          policy);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("no such kind of key: " + kty, e);
    }
  }

  /** A key from the JWK that a client imports. */
  static VaultKey imported(
      Map<?, ?> jwk, Map<String, Object> attributes, Map<String, Object> policy) {
    String kty = JsonText.text(jwk, "kty");
    if (kty.startsWith("oct")) {
      return new VaultKey(
          newVersion(), kty, Map.of(), decoded(JsonText.text(jwk, "k")), attributes, policy);
    }
    try {
      if (kty.startsWith("EC")) {
        return new VaultKey(newVersion(), kty, curveMembers(jwk), pkcs8(jwk), attributes, policy);
      }
      KeyFactory rsa = KeyFactory.getInstance("RSA");
      BigInteger n = number(jwk, "n");
      BigInteger e = number(jwk, "e");
      PrivateKey key =
          rsa.generatePrivate(
              new RSAPrivateCrtKeySpec(
                  n,
                  e,
                  number(jwk, "d"),
                  number(jwk, "p"),
                  number(jwk, "q"),
                  number(jwk, "dp"),
                  number(jwk, "dq"),
                  number(jwk, "qi")));
      return new VaultKey(
          newVersion(),
          kty,
          publicMembers(rsa.generatePublic(new RSAPublicKeySpec(n, e))),
          Bytes.of(key.getEncoded()),
          attributes,
          policy);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("no key that can be imported", e);
    }
  }

  /** The SDK sends coordinates with a sign byte, or short of zeros; the vault keeps full ones. */
  private static Map<String, Object> curveMembers(Map<?, ?> jwk) {
    String curve = JsonText.text(jwk, "crv");
    int size = Integer.parseInt(curve.substring(2)) / 8;
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("crv", curve);
    members.put("x", encoded(Der.unsigned(number(jwk, "x"), size)));
    members.put("y", encoded(Der.unsigned(number(jwk, "y"), size)));
    return members;
  }

  private static Bytes pkcs8(Map<?, ?> jwk) throws GeneralSecurityException {
    AlgorithmParameters curve = AlgorithmParameters.getInstance("EC");
    curve.init(new ECGenParameterSpec("secp" + JsonText.text(jwk, "crv").substring(2) + "r1"));
    PrivateKey key =
        KeyFactory.getInstance("EC")
            .generatePrivate(
                new ECPrivateKeySpec(
                    number(jwk, "d"), curve.getParameterSpec(ECParameterSpec.class)));
    return Bytes.of(key.getEncoded());
  }

  private static Map<String, Object> publicMembers(PublicKey key) {
    Map<String, Object> members = new LinkedHashMap<>();
    if (key instanceof RSAPublicKey rsa) {
      int size = (rsa.getModulus().bitLength() + 7) / 8;
      members.put("n", encoded(Der.unsigned(rsa.getModulus(), size)));
      members.put("e", encoded(Der.unsigned(rsa.getPublicExponent(), 3)));
    } else if (key instanceof ECPublicKey ec) {
      int bits = ec.getParams().getCurve().getField().getFieldSize();
      int size = (bits + 7) / 8;
      members.put("crv", "P-" + bits);
      members.put("x", encoded(Der.unsigned(ec.getW().getAffineX(), size)));
      members.put("y", encoded(Der.unsigned(ec.getW().getAffineY(), size)));
    }
    return members;
  }

  private static BigInteger number(Map<?, ?> jwk, String name) {
    return new BigInteger(1, decoded(JsonText.text(jwk, name)).toArray());
  }

  static Bytes decoded(String base64Url) {
    return Bytes.of(Base64.getUrlDecoder().decode(base64Url));
  }

  static String encoded(byte... octets) {
    return ReleaseAnswerWriter.base64Url(Bytes.of(octets));
  }
}

package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.List;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;

/** How a vault wraps a key to a guest (PKCS #11, CKM_RSA_AES_KEY_WRAP). */
final class KeyWrapping {
  private static final int AES_BYTES = 32;

  private KeyWrapping() {}

  /**
   * RSA-OAEP of a new AES-256 key, and {@code secret} under that key (RFC 5649).
   *
   * @param enc the service's name of the way
   */
  static Bytes wrap(Map<?, ?> guestKey, String enc, Bytes secret) {
    String digest =
        switch (enc) {
          case "", "CKM_RSA_AES_KEY_WRAP" -> "SHA-1";
          case "RSA_AES_KEY_WRAP_256" -> "SHA-256";
          case "RSA_AES_KEY_WRAP_384" -> "SHA-384";
          default -> throw new IllegalArgumentException("unknown enc");
        };
    try {
      byte[] aes = VaultKey.random(AES_BYTES).toArray();
      Bytes wrapped = oaep(guestKey, digest, aes);
      Cipher kwp = Cipher.getInstance("AES/KWP/NoPadding");
      kwp.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(aes, "AES"));
      return wrapped.concat(Bytes.of(kwp.doFinal(secret.toArray())));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("no key to wrap to", e);
    }
  }

  /**
   * RSA-OAEP with this hash, and no label.
   *
   * @param key a JWK with n and e
   */
  static Bytes oaep(Map<?, ?> key, String digest, byte... message) {
    try {
      Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPPadding");
      rsa.init(
          Cipher.ENCRYPT_MODE,
          KeyFactory.getInstance("RSA")
              .generatePublic(new RSAPublicKeySpec(number(key, "n"), number(key, "e"))),
          parameters(digest));
      return Bytes.of(rsa.doFinal(message));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("no key to wrap to", e);
    }
  }

  /** The message in {@code ciphertext}. */
  static Bytes openOaep(Bytes pkcs8, String digest, Bytes ciphertext) {
    try {
      Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPPadding");
      rsa.init(
          Cipher.DECRYPT_MODE,
          KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8.toArray())),
          parameters(digest));
      return Bytes.of(rsa.doFinal(ciphertext.toArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("not wrapped with this key", e);
    }
  }

  private static OAEPParameterSpec parameters(String digest) {
    return new OAEPParameterSpec(
        digest, "MGF1", new MGF1ParameterSpec(digest), PSource.PSpecified.DEFAULT);
  }

  /**
   * The key that a token names as the guest's: the first one in {@code x-ms-runtime.keys} that is
   * for encryption.
   */
  static Map<?, ?> guestKey(String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("no token");
    }
    Map<String, Object> claims = JsonText.object(utf8(VaultKey.decoded(parts[1])));
    Object keys = JsonText.find(claims, "x-ms-runtime", "keys");
    if (keys instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Map<?, ?> key && isForEncryption(key)) {
          return key;
        }
      }
    }
    throw new IllegalArgumentException("no key for encryption in the token");
  }

  private static boolean isForEncryption(Map<?, ?> key) {
    return "enc".equals(key.get("key_use"))
        || (key.get("key_ops") instanceof List<?> operations && operations.contains("encrypt"));
  }

  private static BigInteger number(Map<?, ?> jwk, String name) {
    return new BigInteger(1, VaultKey.decoded(JsonText.text(jwk, name)).toArray());
  }

  static String utf8(Bytes octets) {
    return new String(octets.toArray(), UTF_8);
  }
}

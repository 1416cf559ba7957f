package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.util.List;
import java.util.Map;

/**
 * Secure wrap and unwrap of a Managed HSM (Key Vault REST 2026-01-01-preview): the HSM draws a
 * secret and hands it out wrapped; unwrapped it is given to whom the key's release policy says.
 */
final class SecureWrapping {
  static final String WRAP = "securewrapkey";
  static final String UNWRAP = "secureunwrapkey";

  private static final List<String> OPERATIONS = List.of("secureWrapKey", "secureUnwrapKey");
  private static final String ALGORITHM = "RSA-OAEP-256";
  private static final String DIGEST = "SHA-256";
  private static final int SECRET_BYTES = 32;

  private SecureWrapping() {}

  /** Whether the key is for any of this. */
  static boolean isMeant(Map<String, Object> jwk) {
    return jwk.get("key_ops") instanceof List<?> given
        && OPERATIONS.stream().anyMatch(given::contains);
  }

  /** A key's public members, with what it is for. */
  static void mark(Map<String, Object> jwk) {
    jwk.put("key_ops", OPERATIONS);
  }

  /** A new secret, wrapped. */
  static Bytes wrap(VaultKey key, Map<String, Object> asked) {
    require(key, asked, OPERATIONS.get(0));
    return KeyWrapping.oaep(key.jwk(), DIGEST, VaultKey.random(SECRET_BYTES).toArray());
  }

  /** The secret, as the policy allows it to be seen. */
  static Bytes unwrap(VaultKey key, Map<String, Object> asked, boolean toGuest) {
    require(key, asked, OPERATIONS.get(1));
    Bytes wrapped = VaultKey.decoded(JsonText.text(asked, "value"));
    Bytes secret = KeyWrapping.openOaep(key.secret(), DIGEST, wrapped);
    Map<?, ?> guest = KeyWrapping.guestKey(JsonText.text(asked, "target"));
    return toGuest ? KeyWrapping.oaep(guest, DIGEST, secret.toArray()) : secret;
  }

  private static void require(VaultKey key, Map<String, Object> asked, String operation) {
    boolean meant = key.jwk().get("key_ops") instanceof List<?> given && given.contains(operation);
    if (!meant
        || key.isExportable()
        || key.policy().isEmpty()
        || !JsonText.text(asked, "alg").equals(ALGORITHM)) {
      throw new IllegalArgumentException("not with this key");
    }
  }

  /** What the service answers. */
  static String answer(String keyUrl, Bytes value) {
    return new JsonMembers()
        .set("kid", JsonMembers.quoted(keyUrl))
        .set("value", JsonMembers.quoted(ReleaseAnswerWriter.base64Url(value)))
        .set("alg", JsonMembers.quoted(ALGORITHM))
        .json();
  }
}

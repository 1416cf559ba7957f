package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.util.LinkedHashMap;
import java.util.Map;

/** Keys that a vault may release, for tests that do not create them over the wire. */
final class VaultKeys {
  private static final int RSA_BITS = 2048;

  private VaultKeys() {}

  static VaultKey oct(Bytes octets, Bytes policy) {
    return new VaultKey(
        VaultKey.newVersion(), "oct-HSM", Map.of(), octets, attributes(), policy(policy));
  }

  static VaultKey rsa(Bytes policy) {
    return VaultKey.generate("RSA-HSM", RSA_BITS, "", attributes(), policy(policy));
  }

  static VaultKey ec(String curve, Bytes policy) {
    return VaultKey.generate("EC-HSM", 0, curve, attributes(), policy(policy));
  }

  /** One that wraps secrets of the HSM's own, and never leaves. */
  static VaultKey secureWrap(Bytes policy) {
    Map<String, Object> attributes = attributes();
    attributes.put("exportable", false);
    VaultKey key = VaultKey.generate("RSA-HSM", RSA_BITS, "", attributes, policy(policy));
    SecureWrapping.mark(key.jwk());
    return key;
  }

  private static Map<String, Object> attributes() {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("enabled", true);
    attributes.put("exportable", true);
    return attributes;
  }

  private static Map<String, Object> policy(Bytes text) {
    Map<String, Object> policy = new LinkedHashMap<>();
    policy.put("contentType", "application/json; charset=utf-8");
    policy.put("data", ReleaseAnswerWriter.base64Url(text));
    policy.put("immutable", false);
    return policy;
  }
}

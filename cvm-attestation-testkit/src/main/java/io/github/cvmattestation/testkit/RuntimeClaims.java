package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.math.BigInteger;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the runtime claims of an HCL report: the JSON text by which the paravisor ties its vTPM to
 * the hardware report (Azure guest attestation design, "Runtime data").
 *
 * <p>It begins as the claims of a VM with Secure Boot on, and of user data that nobody has written.
 * Values set as JSON go into the text as they are, whether they make sense or not.
 */
public final class RuntimeClaims {
  private static final Bytes NO_USER_DATA = Bytes.zeros(64);

  private final List<String> keys = new ArrayList<>();
  private final Map<String, String> configuration = new LinkedHashMap<>();
  private final StringBuilder members = new StringBuilder();
  private @Nullable String userData = quoted(NO_USER_DATA.hex());

  private RuntimeClaims() {
    configuration("console-enabled", "true");
    configuration("root-cert-thumbprint", "\"\"");
    configuration("secure-boot", "true");
    configuration("tpm-enabled", "true");
    configuration("tpm-persisted", "true");
    vmUniqueId("00000000-0000-0000-0000-000000000000");
  }

  /** Claims with no keys yet. */
  public static RuntimeClaims empty() {
    return new RuntimeClaims();
  }

  /** Claims that name an attestation key and an endorsement key. */
  public static RuntimeClaims of(RsaSigningKey ak, RsaSigningKey ek) {
    return empty().key("HCLAkPub", "sign", ak).key("HCLEkPub", "encrypt", ek);
  }

  RuntimeClaims attestationKey(RSAPublicKey key) {
    return key("HCLAkPub", "sign", unsigned(key.getModulus()), key.getPublicExponent());
  }

  RuntimeClaims endorsementKey(RSAPublicKey key) {
    return key("HCLEkPub", "encrypt", unsigned(key.getModulus()), key.getPublicExponent());
  }

  private static Bytes unsigned(BigInteger modulus) {
    return Bytes.of(Der.unsigned(modulus, modulus.bitLength() / Byte.SIZE));
  }

  /** Appends a key as a JWK (RFC 7517, section 4; RFC 7518, section 6.3.1). */
  public RuntimeClaims key(String kid, String keyOperation, RsaSigningKey key) {
    return key(kid, keyOperation, key.modulus(), BigInteger.valueOf(key.publicExponent()));
  }

  private RuntimeClaims key(String kid, String keyOperation, Bytes modulus, BigInteger exponent) {
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return keyJson(
        "{\"kid\":\"%s\",\"key_ops\":[\"%s\"],\"kty\":\"RSA\",\"e\":\"%s\",\"n\":\"%s\"}"
            .formatted(
                kid,
                keyOperation,
                base64.encodeToString(exponent.toByteArray()),
                base64.encodeToString(modulus.toArray())));
  }

  /** Appends anything to {@code keys}. */
  public RuntimeClaims keyJson(String json) {
    keys.add(json);
    return this;
  }

  /** Removes all keys. */
  public RuntimeClaims withoutKeys() {
    keys.clear();
    return this;
  }

  /** Sets {@code secure-boot}. */
  public RuntimeClaims secureBoot(boolean on) {
    return configuration("secure-boot", Boolean.toString(on));
  }

  /** Sets {@code vmUniqueId}, a GUID in either letter case. */
  public RuntimeClaims vmUniqueId(String guid) {
    return configuration("vmUniqueId", quoted(guid));
  }

  /** Sets a member of {@code vm-configuration} to any JSON. */
  public RuntimeClaims configuration(String name, String json) {
    configuration.put(name, json);
    return this;
  }

  /** Leaves a member of {@code vm-configuration} out. */
  public RuntimeClaims withoutConfiguration(String name) {
    configuration.remove(name);
    return this;
  }

  /** Sets {@code user-data} to lower-case hexadecimal, as OpenHCL writes it. */
  public RuntimeClaims userData(Bytes value) {
    userData = quoted(value.hex());
    return this;
  }

  /** Sets {@code user-data} to upper-case hexadecimal, as older paravisors write it. */
  public RuntimeClaims userDataUpperCase(Bytes value) {
    userData = quoted(value.hex().toUpperCase(Locale.ROOT));
    return this;
  }

  /** Sets {@code user-data} to any JSON. */
  public RuntimeClaims userDataJson(String json) {
    userData = json;
    return this;
  }

  /** Leaves {@code user-data} out, as reports of 2023 do. */
  public RuntimeClaims withoutUserData() {
    userData = null;
    return this;
  }

  /** Appends a member at the top, even where there is one of that name. */
  public RuntimeClaims member(String name, String json) {
    members.append(',').append(quoted(name)).append(':').append(json);
    return this;
  }

  /** The text, without white space. */
  public String json() {
    StringBuilder out = new StringBuilder("{\"keys\":[");
    out.append(String.join(",", keys)).append("],\"vm-configuration\":{");
    List<String> settings = new ArrayList<>();
    configuration.forEach((name, json) -> settings.add(quoted(name) + ":" + json));
    out.append(String.join(",", settings)).append('}');
    if (userData != null) {
      out.append(",\"user-data\":").append(userData);
    }
    return out.append(members).append('}').toString();
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }
}

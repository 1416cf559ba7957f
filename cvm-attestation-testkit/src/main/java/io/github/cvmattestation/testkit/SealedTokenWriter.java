package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals a token to a guest's key as {@code /attest/AzureGuest} does: AES-GCM, and the AES key under
 * RSAES-PKCS1-v1_5. Every member can be made to lie.
 */
public final class SealedTokenWriter {
  private static final List<String> PARAMETERS =
      List.of("BlockMode", "BlockPadding", "Cipher", "KeySizeInBits", "Iv");

  private final String token;
  private final PublicKey recipient;
  private final Map<String, UnaryOperator<Bytes>> changes = new HashMap<>();
  private final Map<String, String> overrides = new HashMap<>();
  private String purpose = "Transport Key";
  private int keySize = 32;

  SealedTokenWriter(String token, PublicKey recipient) {
    this.token = token;
    this.recipient = recipient;
  }

  /** The members, those of EncryptionParams among them. */
  public static List<String> members() {
    return List.of(
        "Jwt",
        "EncryptedInnerKey",
        "BlockMode",
        "BlockPadding",
        "Cipher",
        "KeySizeInBits",
        "Iv",
        "AuthenticationData");
  }

  /** Changes the octets of a member before they become base64. */
  public SealedTokenWriter octets(String member, UnaryOperator<Bytes> change) {
    changes.put(member, change);
    return this;
  }

  /** Replaces a member by any JSON; by an empty text, the member is left out. */
  public SealedTokenWriter json(String member, String json) {
    overrides.put(member, json);
    return this;
  }

  /** Authenticates another text than {@code Transport Key}. */
  public SealedTokenWriter purpose(String text) {
    purpose = text;
    return this;
  }

  /** Seals with a key of this size in bytes; the member KeySizeInBits says 256 as before. */
  public SealedTokenWriter keySize(int octets) {
    keySize = octets;
    return this;
  }

  /** What the member {@code token} of the answer is. */
  String write() {
    byte[] key = new SeededStream("inner key " + token).next(keySize);
    byte[] iv = new SeededStream("iv " + token).next(12);
    Bytes sealed;
    Bytes inner;
    try {
      Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
      int aes = keySize > 16 ? 32 : 16; // no cipher takes another; the sealed key is what it is
      gcm.init(
          Cipher.ENCRYPT_MODE,
          new SecretKeySpec(Arrays.copyOf(key, aes), "AES"),
          new GCMParameterSpec(128, iv));
      gcm.updateAAD(purpose.getBytes(US_ASCII));
      sealed = Bytes.of(gcm.doFinal(token.getBytes(US_ASCII)));
      Cipher rsa = Cipher.getInstance("RSA/ECB/PKCS1Padding");
      rsa.init(Cipher.ENCRYPT_MODE, recipient);
      inner = Bytes.of(rsa.doFinal(key));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    int end = sealed.size() - 16;
    Map<String, String> values = new LinkedHashMap<>();
    values.put("Jwt", base64("Jwt", sealed.slice(0, end)));
    values.put("EncryptedInnerKey", base64("EncryptedInnerKey", inner));
    values.put("BlockMode", JsonMembers.quoted("ChainingModeGCM"));
    values.put("BlockPadding", JsonMembers.quoted("PKCS7"));
    values.put("Cipher", JsonMembers.quoted("AES"));
    values.put("KeySizeInBits", "256");
    values.put("Iv", base64("Iv", Bytes.of(iv)));
    values.put("AuthenticationData", base64("AuthenticationData", sealed.slice(end, end + 16)));
    values.putAll(overrides);
    JsonMembers outer = new JsonMembers();
    JsonMembers parameters = new JsonMembers();
    values.forEach(
        (name, json) -> {
          if (!json.isEmpty()) {
            (PARAMETERS.contains(name) ? parameters : outer).set(name, json);
          }
        });
    outer.set("EncryptionParams", overrides.getOrDefault("EncryptionParams", parameters.json()));
    return TokenWriter.base64Url(Bytes.of(outer.json().getBytes(UTF_8)));
  }

  private String base64(String member, Bytes octets) {
    Bytes changed = changes.getOrDefault(member, same -> same).apply(octets);
    return JsonMembers.quoted(Base64.getEncoder().encodeToString(changed.toArray()));
  }
}

package io.github.cvmattestation.azure.internal.maa;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.crypto.RsaPadding;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.attestation.token.AttestationToken;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * The answer of {@code /attest/AzureGuest}: a token under an AES key, and that key under the
 * guest's (confidential-computing-cvm-guest-attestation, the client library).
 *
 * <p>Whatever is wrong with it, it does not open, and nobody learns why: the padding of its RSA is
 * the one that tells forgers how far they got, if it is let.
 *
 * @param token the token, encrypted
 * @param innerKey the AES key, encrypted to the guest's key
 * @param keyBits the size of the AES key
 * @param iv of AES-GCM, 12 bytes
 * @param tag of AES-GCM, 16 bytes
 */
record SealedToken(Bytes token, Bytes innerKey, int keyBits, Bytes iv, Bytes tag) {
  private static final Bytes PURPOSE = Bytes.of("Transport Key".getBytes(US_ASCII));
  private static final int MAX_SIZE = 192 << 10;
  private static final int MAX_KEY_BITS = 256;
  private static final int IV_SIZE = 12;
  private static final int TAG_SIZE = 16;

  /** What is in {@code sealed}, if it is for {@code key} and whole. */
  static Optional<AttestationToken> open(String sealed, GuestKey key) {
    try {
      return read(Base64s.decode("token", sealed), key.publicKey().modulusBytes()).open(key);
    } catch (MalformedException e) {
      return Optional.empty();
    }
  }

  private static SealedToken read(Bytes json, int modulusBytes) throws MalformedException {
    Json.Obj answer = StrictJson.parse("sealed token", json, MAX_SIZE).asObject();
    Json.Obj how = answer.require("EncryptionParams").asObject();
    require(how, "BlockMode", "ChainingModeGCM");
    require(how, "BlockPadding", "PKCS7"); // means nothing to GCM, and is always there
    require(how, "Cipher", "AES");
    Json bits = how.require("KeySizeInBits");
    int keyBits = (int) bits.asUnsigned(MAX_KEY_BITS);
    if (keyBits != 128 && keyBits != 192 && keyBits != 256) {
      throw bits.wrong("128, 192 or 256");
    }
    Bytes innerKey = decoded(answer, "EncryptedInnerKey");
    if (innerKey.size() == modulusBytes + 1 && innerKey.get(0) == 0) {
      innerKey = innerKey.slice(1, innerKey.size()); // an integer with a sign, as some write it
    }
    requireSize(innerKey, modulusBytes);
    Bytes iv = decoded(how, "Iv");
    requireSize(iv, IV_SIZE);
    Bytes tag = decoded(answer, "AuthenticationData");
    requireSize(tag, TAG_SIZE);
    return new SealedToken(decoded(answer, "Jwt"), innerKey, keyBits, iv, tag);
  }

  private Optional<AttestationToken> open(GuestKey key) {
    byte[] plain = new byte[0];
    try (SecretBytes inner = innerKey(key)) {
      if (inner.octets().length * Byte.SIZE != keyBits) {
        return Optional.empty();
      }
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          Cipher.DECRYPT_MODE,
          new AesKey(inner),
          new GCMParameterSpec(TAG_SIZE * Byte.SIZE, iv.toArray()));
      cipher.updateAAD(PURPOSE.toArray());
      plain = cipher.doFinal(token.concat(tag).toArray());
      return Optional.of(AttestationToken.parse(new String(plain, StandardCharsets.ISO_8859_1)));
    } catch (GeneralSecurityException | MalformedException e) {
      return Optional.empty();
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /** A random key where there is none, so that both ways are one from here on. */
  private SecretBytes innerKey(GuestKey key) {
    GuestKey.Decryption decryption = key.decrypt(innerKey, RsaPadding.RSAES_PKCS1);
    if (decryption instanceof GuestKey.Decryption.Decrypted decrypted) {
      return decrypted.message();
    }
    byte[] drawn = new byte[keyBits / Byte.SIZE];
    new SecureRandom().nextBytes(drawn);
    return new SecretBytes(drawn);
  }

  private static Bytes decoded(Json.Obj object, String member) throws MalformedException {
    return Base64s.decode(member, object.require(member).asString());
  }

  private static void require(Json.Obj object, String member, String value)
      throws MalformedException {
    Json found = object.require(member);
    if (!found.asString().equals(value)) {
      throw found.wrong(value);
    }
  }

  private static void requireSize(Bytes octets, int size) throws MalformedException {
    if (octets.size() != size) {
      throw new MalformedException("sealed token", size + " bytes", octets.size() + " bytes");
    }
  }

  /** Shows nothing. */
  @Override
  public String toString() {
    return "SealedToken";
  }
}

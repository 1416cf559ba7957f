package io.github.cvmattestation.vtpm.contract;

import static io.github.cvmattestation.vtpm.contract.Wire.be;
import static io.github.cvmattestation.vtpm.contract.Wire.concat;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * A session with SHA-256 and AES-128-CFB, computed here a second time (Part 1, sections 19 and 21);
 * nothing is shared with the client's sessions.
 */
final class RawSession {
  static final int HMAC = 0;
  static final int POLICY = 1;
  static final int TRIAL = 3;
  static final int CONTINUE = 1;
  static final int DECRYPT = 0x20;
  static final int ENCRYPT = 0x40;

  final int handle;
  final int type;
  final byte[] key;
  final byte[] boundName;
  byte[] nonceTpm;
  byte[] nonceCaller;

  /** TPM2_PolicyAuthValue was called: the HMAC is keyed with the object's authValue. */
  boolean authValue;

  /** TPM2_PolicyPassword was called: the password stands in the place of the HMAC. */
  boolean password;

  /** The digest depends on a name that is not the same on two TPMs. */
  boolean foreign;

  RawSession(int handle, int type, byte[] key, byte[] boundName, byte[] caller, byte[] tpm) {
    this.handle = handle;
    this.type = type;
    this.key = key;
    this.boundName = boundName;
    this.nonceCaller = caller;
    this.nonceTpm = tpm;
  }

  /** The same, but for what is different on every TPM. */
  RawSession withoutSecrets() {
    byte[] none = new byte[0];
    RawSession copy = new RawSession(handle, type, none, boundName, nonceCaller, none);
    copy.authValue = authValue;
    copy.password = password;
    return copy;
  }

  /** The key of HMACs: the session's own, and the authValue unless the session is bound to it. */
  byte[] hmacKey(byte[] entityName, byte[] entityAuth) {
    boolean included =
        type == POLICY
            ? authValue
            : entityName.length != 0 && !Arrays.equals(boundName, entityName);
    return included ? concat(key, entityAuth) : key;
  }

  byte[] cipherKey(byte[] entityAuth) {
    return concat(key, entityAuth);
  }

  byte[] encrypt(byte[] cipherKey, byte[] data, int mode, byte[] newer, byte[] older) {
    byte[] keyAndIv = kdfa(cipherKey, "CFB", newer, older, 256);
    try {
      Cipher cipher = Cipher.getInstance("AES/CFB/NoPadding");
      cipher.init(
          mode,
          new SecretKeySpec(keyAndIv, 0, 16, "AES"),
          new IvParameterSpec(Arrays.copyOfRange(keyAndIv, 16, 32)));
      return cipher.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] kdfa(byte[] key, String label, byte[] u, byte[] v, int bits) {
    byte[] name = (label + "\0").getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    byte[] out = new byte[0];
    for (int i = 1; out.length < bits / 8; i++) {
      out = concat(out, hmac(key, concat(be(i), name, u, v, be(bits))));
    }
    return Arrays.copyOf(out, bits / 8);
  }

  static byte[] hmac(byte[] key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, "HmacSHA256"));
      return mac.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static byte[] sha256(byte[] data) {
    return hash("SHA-256", data);
  }

  static byte[] hash(String algorithm, byte[] data) {
    try {
      return MessageDigest.getInstance(algorithm).digest(data);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}

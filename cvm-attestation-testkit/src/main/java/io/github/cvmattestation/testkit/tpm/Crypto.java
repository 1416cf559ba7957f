package io.github.cvmattestation.testkit.tpm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Hashes, HMAC, the key derivations of a TPM and its symmetric cipher. */
final class Crypto {
  private Crypto() {}

  static byte[] hash(HashAlgorithm algorithm, byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm.jcaName());
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  static byte[] hmac(HashAlgorithm algorithm, byte[] key, byte[]... parts) {
    try {
      String name = "Hmac" + algorithm.jcaName().replace("-", "");
      Mac mac = Mac.getInstance(name);
      // JCA refuses an empty key. HMAC pads with zeros, so that one zero is the same key.
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, name));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC with " + algorithm, e);
    }
  }

  /** KDFa (Part 1, section 11.4.10.2): SP800-108 in counter mode with HMAC. */
  static byte[] kdfa(
      HashAlgorithm algorithm,
      byte[] key,
      String label,
      byte[] contextU,
      byte[] contextV,
      int bits) {
    TpmWriter out = new TpmWriter();
    byte[] end = new TpmWriter().u32(bits).array();
    for (int i = 1; out.array().length * 8 < bits; i++) {
      byte[] counter = new TpmWriter().u32(i).array();
      out.raw(hmac(algorithm, key, counter, label(label), contextU, contextV, end));
    }
    return Arrays.copyOf(out.array(), bits / 8);
  }

  /** KDFe (Part 1, section 11.4.10.3): SP800-56A's concatenation of hashes. */
  static byte[] kdfe(
      HashAlgorithm algorithm, byte[] z, String use, byte[] partyU, byte[] partyV, int bits) {
    TpmWriter out = new TpmWriter();
    for (int i = 1; out.array().length * 8 < bits; i++) {
      byte[] counter = new TpmWriter().u32(i).array();
      out.raw(hash(algorithm, counter, z, label(use), partyU, partyV));
    }
    return Arrays.copyOf(out.array(), bits / 8);
  }

  /** A label with the zero that ends it, as KDFs and OAEP take it. */
  static byte[] label(String label) {
    return (label + "\0").getBytes(US_ASCII);
  }

  static byte[] encryptCfb(byte[] key, byte[] iv, byte[] data) {
    return cfb(Cipher.ENCRYPT_MODE, key, iv, data);
  }

  static byte[] decryptCfb(byte[] key, byte[] iv, byte[] data) {
    return cfb(Cipher.DECRYPT_MODE, key, iv, data);
  }

  private static byte[] cfb(int mode, byte[] key, byte[] iv, byte[] data) {
    try {
      Cipher cipher = Cipher.getInstance("AES/CFB/NoPadding");
      cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(iv));
      return cipher.doFinal(data);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has AES", e);
    }
  }

  static byte[] concat(byte[]... parts) {
    TpmWriter out = new TpmWriter();
    for (byte[] part : parts) {
      out.raw(part);
    }
    return out.array();
  }

  static boolean same(byte[] a, byte[] b) {
    return MessageDigest.isEqual(a, b);
  }

  /** Without the zeros at its end, which an authorisation value does not count (Part 1, 19.6.4). */
  static byte[] trimmed(byte[] auth) {
    int size = auth.length;
    while (size > 0 && auth[size - 1] == 0) {
      size--;
    }
    return Arrays.copyOf(auth, size);
  }
}

package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Digests;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** KDFa: the key derivation function of TPMs (TPM 2.0 Part 1, section 11.4.10.2). */
public final class Kdf {
  private Kdf() {}

  /**
   * Derives {@code bits} bits, a multiple of 8, from {@code key}.
   *
   * @param label without its terminating zero
   */
  public static byte[] kdfa(
      HashAlgorithm hash, byte[] key, String label, byte[] contextU, byte[] contextV, int bits) {
    byte[] derived = new byte[bits / 8];
    int at = 0;
    for (int counter = 1; at < derived.length; counter++) {
      byte[] block =
          hmac(
              hash,
              key,
              u32(counter),
              label.getBytes(StandardCharsets.US_ASCII),
              new byte[1],
              contextU,
              contextV,
              u32(bits));
      int taken = Math.min(block.length, derived.length - at);
      System.arraycopy(block, 0, derived, at, taken);
      Arrays.fill(block, (byte) 0);
      at += taken;
    }
    return derived;
  }

  /**
   * KDFe: derives one digest's size from a shared secret (Part 1, section 11.4.10.3).
   *
   * @param z the x coordinate of the shared point, with leading zeros
   * @param label without its terminating zero
   */
  public static byte[] kdfe(
      HashAlgorithm hash, byte[] z, String label, byte[] partyU, byte[] partyV) {
    MessageDigest digest = Digests.create(hash.jcaName());
    digest.update(u32(1));
    digest.update(z);
    digest.update(label.getBytes(StandardCharsets.US_ASCII));
    digest.update((byte) 0);
    digest.update(partyU);
    return digest.digest(partyV);
  }

  /** HMAC over {@code parts}, one after the other. */
  public static byte[] hmac(HashAlgorithm hash, byte[] key, byte[]... parts) {
    String name = "Hmac" + hash.jcaName().replace("-", "");
    try {
      Mac mac = Mac.getInstance(name);
      // The JCA refuses an empty key. HMAC pads keys with zeros, so one zero is the same key.
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, name));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks " + name, e);
    }
  }

  private static byte[] u32(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }
}

package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The JDK's message digests, by their JCA names. */
final class Hashes {
  private Hashes() {}

  static byte[] digest(String algorithm, byte[]... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      for (byte[] part : parts) {
        digest.update(part);
      }
      return digest.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalArgumentException("no digest of this name: " + algorithm, e);
    }
  }

  static Bytes digest(String algorithm, Bytes message) {
    return Bytes.of(digest(algorithm, message.toArray()));
  }

  static Bytes digest(String algorithm, String label) {
    return Bytes.of(digest(algorithm, ("cvm-attestation testkit " + label).getBytes(UTF_8)));
  }
}

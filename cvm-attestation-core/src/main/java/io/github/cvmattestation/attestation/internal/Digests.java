package io.github.cvmattestation.attestation.internal;

import io.github.cvmattestation.attestation.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;

/** Message digests, always the JDK's own: its SHA-2 runs on CPU instructions. */
public final class Digests {
  private Digests() {}

  /** A fresh digest by its JCA name, such as {@code SHA-384}. */
  public static MessageDigest create(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm, "SUN");
    } catch (NoSuchAlgorithmException | NoSuchProviderException e) {
      throw new IllegalStateException("this Java runtime lacks " + algorithm, e);
    }
  }

  /** The digest of {@code parts}, one after the other. */
  public static Bytes digest(String algorithm, Bytes... parts) {
    MessageDigest digest = create(algorithm);
    for (Bytes part : parts) {
      part.update(digest);
    }
    return Bytes.of(digest.digest());
  }

  /** SHA-256. */
  public static Bytes sha256(Bytes... parts) {
    return digest("SHA-256", parts);
  }

  /** SHA-384. */
  public static Bytes sha384(Bytes... parts) {
    return digest("SHA-384", parts);
  }

  /** SHA-512. */
  public static Bytes sha512(Bytes... parts) {
    return digest("SHA-512", parts);
  }
}

package io.github.cvmattestation.attestation.internal;

import io.github.cvmattestation.attestation.Bytes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.NoSuchProviderException;

/** Message digests, always the JDK's own: its SHA-2 runs on CPU instructions. */
public final class Digests {
  /**
   * Never fed: copying one takes a tenth of the time that asking the provider for another does, and
   * a verification needs several.
   */
  private static final MessageDigest SHA_256 = ask("SHA-256");

  private static final MessageDigest SHA_384 = ask("SHA-384");

  private static final MessageDigest SHA_1 = ask("SHA-1");

  private Digests() {}

  /** A fresh digest by its JCA name, such as {@code SHA-384}. */
  public static MessageDigest create(String algorithm) {
    return switch (algorithm) {
      case "SHA-256" -> copy(SHA_256);
      case "SHA-384" -> copy(SHA_384);
      case "SHA-1" -> copy(SHA_1);
      default -> ask(algorithm);
    };
  }

  private static MessageDigest copy(MessageDigest unfed) {
    try {
      return (MessageDigest) unfed.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("this Java runtime does not copy digests", e);
    }
  }

  private static MessageDigest ask(String algorithm) {
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

package io.github.cvmattestation.attestation.release;

import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * A key that was released to this guest, unwrapped, and proven to be the one that was asked for.
 * Made by {@link KeyUnwrapper} alone.
 *
 * <p>Closing clears the octets. Java keeps no promise about what was made of them before: copies
 * that the garbage collector moved, and private keys of a provider, whose numbers nobody can clear.
 * A closed key answers nothing more.
 */
public final class ReleasedKey implements AutoCloseable {
  private final String keyId;
  private final WrappedKey.Kind kind;
  private final Optional<PublicKeyInfo> publicKey;
  private final SecretBytes secret;

  /**
   * @param secret owned by this from now on
   */
  ReleasedKey(WrappedKey wrapped, SecretBytes secret) {
    this.keyId = wrapped.keyId();
    this.kind = wrapped.kind();
    this.publicKey = wrapped.publicKey();
    this.secret = secret;
  }

  /** The service's full name of it, version included. */
  public String keyId() {
    return keyId;
  }

  /** What it is. */
  public WrappedKey.Kind kind() {
    return kind;
  }

  /** Its public half, which its private half matches; empty for {@code OCT}. */
  public Optional<PublicKeyInfo> publicKey() {
    return publicKey;
  }

  /**
   * The private half of an RSA or EC key, from the JDK's own provider. It outlives this: what the
   * provider holds is not cleared by {@link #close()}.
   *
   * @throws IllegalStateException if this is closed, or no key pair
   */
  public PrivateKey asPrivateKey() {
    byte[] octets = secret.octets();
    if (kind == WrappedKey.Kind.OCT) {
      throw new IllegalStateException("a symmetric key has no private half");
    }
    try {
      return KeyPairs.privateKey(kind, octets);
    } catch (GeneralSecurityException e) {
      // It was read once before, when it was unwrapped; the cause could quote it.
      throw new IllegalStateException("the provider no longer reads this key");
    }
  }

  /**
   * A symmetric key for AES. It shares this key's octets and dies with it.
   *
   * @throws IllegalStateException if this is closed, no symmetric key, or not of 128, 192 or 256
   *     bits
   */
  public SecretKey asAes() {
    int size = secret.octets().length;
    if (size != 16 && size != 24 && size != 32) {
      throw new IllegalStateException("not an AES key");
    }
    return asSecretKey("AES");
  }

  /**
   * A symmetric key. It shares this key's octets and dies with it.
   *
   * @param algorithm the JCA's name of what it is for, such as {@code HmacSHA256}
   * @throws IllegalStateException if this is closed, or no symmetric key
   */
  public SecretKey asSecretKey(String algorithm) {
    secret.octets(); // refuses when closed
    if (kind != WrappedKey.Kind.OCT) {
      throw new IllegalStateException("a key pair is no symmetric key");
    }
    return new OwnedSecretKey(secret, algorithm);
  }

  /**
   * The octets of a symmetric key, or the PKCS #8 of a private one: not a copy, so do not keep them
   * longer than this.
   *
   * @throws IllegalStateException if this is closed, since zeros would pass for a secret
   */
  public byte[] octets() {
    return secret.octets();
  }

  @Override
  public void close() {
    secret.close();
  }

  /** Says what kind of key this is and nothing of it. */
  @Override
  public String toString() {
    return "ReleasedKey[" + kind + "]";
  }
}

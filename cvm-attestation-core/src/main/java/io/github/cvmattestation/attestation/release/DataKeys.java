package io.github.cvmattestation.attestation.release;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.SecretBytes;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.crypto.SecretKey;

/**
 * Many data keys, opened with one released key: AES-KWP (RFC 5649) each. One release serves them
 * all, and nothing of it leaves this machine. Closing clears every one of them.
 */
public final class DataKeys implements AutoCloseable {
  /** The most bytes that one wrapped data key may have. */
  public static final int MAX_WRAPPED = 16 << 10;

  private final List<SecretBytes> keys;

  private DataKeys(List<SecretBytes> keys) {
    this.keys = List.copyOf(keys);
  }

  /** What came of it: all of them or none. */
  public sealed interface Opening {
    /** All of them; whoever receives them closes them. */
    record Opened(DataKeys keys) implements Opening {}

    /**
     * One of them is not wrapped under this key, and none is given.
     *
     * @param index which one, from 0
     * @param finding why
     */
    record Refused(int index, Finding finding) implements Opening {}
  }

  /**
   * Opens data keys.
   *
   * @param key an AES key
   * @param wrapped the data keys, in any order
   * @throws IllegalStateException if {@code key} is closed or no AES key
   */
  public static Opening unwrap(ReleasedKey key, List<Bytes> wrapped) {
    SecretKey wrapping = key.asAes();
    List<SecretBytes> opened = new ArrayList<>(wrapped.size());
    boolean kept = false;
    try {
      for (Bytes one : wrapped) {
        Optional<SecretBytes> secret =
            one.size() > MAX_WRAPPED ? Optional.empty() : AesKeyWrap.unwrap(wrapping, one);
        if (secret.isEmpty()) {
          return new Opening.Refused(
              opened.size(),
              Finding.of(
                  CoreFinding.SKR_UNWRAP, "a data key wrapped under this key", "something else"));
        }
        opened.add(secret.get());
      }
      kept = true;
      return new Opening.Opened(new DataKeys(opened));
    } finally {
      if (!kept) {
        opened.forEach(SecretBytes::close);
      }
    }
  }

  /** How many there are. */
  public int size() {
    return keys.size();
  }

  /** The octets of one, in the order of the wrapped ones. They are cleared with this. */
  public SecretBytes get(int index) {
    return keys.get(index);
  }

  /**
   * One as a symmetric key, which dies with this.
   *
   * @param algorithm the JCA's name of what it is for, such as {@code AES}
   */
  public SecretKey asSecretKey(int index, String algorithm) {
    return new OwnedSecretKey(keys.get(index), algorithm);
  }

  @Override
  public void close() {
    keys.forEach(SecretBytes::close);
  }

  /** Says how many there are and nothing of them. */
  @Override
  public String toString() {
    return "DataKeys[" + keys.size() + "]";
  }
}

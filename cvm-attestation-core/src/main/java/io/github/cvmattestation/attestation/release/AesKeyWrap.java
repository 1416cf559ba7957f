package io.github.cvmattestation.attestation.release;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.SecretBytes;
import java.security.GeneralSecurityException;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;

/** AES key wrap with padding (RFC 5649), the JDK's. */
final class AesKeyWrap {
  private static final String TRANSFORMATION = "AES/KWP/NoPadding";
  private static final String PROVIDER = "SunJCE";

  private AesKeyWrap() {}

  /** What is in {@code wrapped}; nothing if the integrity check, the padding or the size is off. */
  static Optional<SecretBytes> unwrap(SecretKey key, Bytes wrapped) {
    try {
      Cipher cipher = Cipher.getInstance(TRANSFORMATION, PROVIDER);
      // Not unwrap(): a key object's octets can be copied, but not cleared.
      cipher.init(Cipher.DECRYPT_MODE, key);
      return Optional.of(new SecretBytes(cipher.doFinal(wrapped.toArray())));
    } catch (GeneralSecurityException e) {
      return Optional.empty(); // why is nobody's business: it would tell forgers how far they got
    }
  }
}

package io.github.cvmattestation.vtpm.internal;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** Parameter encryption with AES-128 in CFB mode (TPM 2.0 Part 1, section 21.3). */
final class ParameterCipher {
  private static final int KEY = 16;
  private static final int BLOCK = 16;

  private ParameterCipher() {}

  /** Replaces {@code size} bytes after the two of the size. */
  static void apply(
      boolean encrypt,
      SessionState session,
      byte[] authValue,
      byte[] newer,
      byte[] older,
      byte[] parameters,
      int size) {
    byte[] secret = session.encryptionKey(authValue);
    byte[] derived = Kdf.kdfa(session.hash(), secret, "CFB", newer, older, 8 * (KEY + BLOCK));
    try {
      Cipher cipher = Cipher.getInstance("AES/CFB/NoPadding");
      cipher.init(
          encrypt ? Cipher.ENCRYPT_MODE : Cipher.DECRYPT_MODE,
          new SecretKeySpec(derived, 0, KEY, "AES"),
          new IvParameterSpec(derived, KEY, BLOCK));
      byte[] result = cipher.doFinal(parameters, 2, size);
      System.arraycopy(result, 0, parameters, 2, size);
      Arrays.fill(result, (byte) 0);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime lacks AES in CFB mode", e);
    } finally {
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(derived, (byte) 0);
    }
  }
}

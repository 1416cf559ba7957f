package io.github.cvmattestation.testkit.tpm;

import java.util.Arrays;

/** Encryption of the first parameter, AES in CFB mode (Part 1, section 21.3). */
final class ParameterCipher {
  private static final int BLOCK = 16;

  private ParameterCipher() {}

  static byte[] command(SessionUse use, byte[] extraKey, byte[] parameters) {
    byte[] newer = use.nonceCaller();
    byte[] older = use.session().nonceTpm();
    return apply(use, extraKey, newer, older, parameters, false);
  }

  static byte[] response(SessionUse use, byte[] extraKey, byte[] parameters) {
    byte[] newer = use.session().nonceTpm();
    return apply(use, extraKey, newer, use.nonceCaller(), parameters, true);
  }

  private static byte[] apply(
      SessionUse use,
      byte[] extraKey,
      byte[] newer,
      byte[] older,
      byte[] parameters,
      boolean encrypt) {
    TpmReader in = new TpmReader(parameters);
    byte[] data = in.raw(in.u16());
    Session session = use.session();
    int keySize = session.symmetric().bits() / 8;
    byte[] key = Crypto.concat(session.key(), extraKey);
    byte[] derived = Crypto.kdfa(session.hash(), key, "CFB", newer, older, (keySize + BLOCK) * 8);
    byte[] cipherKey = Arrays.copyOf(derived, keySize);
    byte[] iv = Arrays.copyOfRange(derived, keySize, derived.length);
    byte[] done =
        encrypt ? Crypto.encryptCfb(cipherKey, iv, data) : Crypto.decryptCfb(cipherKey, iv, data);
    return new TpmWriter().sized(done).raw(in.rest()).array();
  }
}

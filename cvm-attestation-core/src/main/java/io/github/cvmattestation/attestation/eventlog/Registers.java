package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.Arrays;

/** What registers hold after a log's events: new = H(old ‖ digest), from the initial value on. */
final class Registers {
  private Registers() {}

  /**
   * Every register of the log's kind; one that no event extends holds its initial value.
   *
   * @param hash of the log's bank, unfed
   */
  static RegisterBank replay(ParsedLog log, RegisterKind kind, MessageDigest hash) {
    HashAlgorithm algorithm = log.algorithm();
    int size = algorithm.digestSize();
    // All in one array, as the bank keeps them.
    byte[] values = new byte[kind.count() * size];
    for (int register = 0; register < kind.count(); register++) {
      Arrays.fill(values, register * size, (register + 1) * size, kind.initial(register));
    }
    values[size - 1] |= (byte) log.locality();
    byte[] extended = new byte[2 * size];
    for (int event = 0; event < log.size(); event++) {
      int at = log.register(event) * size;
      System.arraycopy(values, at, extended, 0, size);
      log.digest(event).copyTo(extended, size);
      hash.update(extended);
      digestInto(hash, values, at, size);
    }
    return RegisterBank.whole(kind, algorithm, Bytes.of(values));
  }

  private static void digestInto(MessageDigest hash, byte[] values, int at, int size) {
    try {
      hash.digest(values, at, size);
    } catch (DigestException e) {
      throw new IllegalStateException("a register is as long as a digest", e);
    }
  }
}

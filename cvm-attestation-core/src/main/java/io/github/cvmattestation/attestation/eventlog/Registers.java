package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.security.DigestException;
import java.security.MessageDigest;

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
    // Each register with room behind it for what is extended, so that both are hashed in one go.
    byte[] rooms = new byte[kind.count() * 2 * size];
    for (int register = 0; register < kind.count(); register++) {
      kind.initial(register, algorithm).copyTo(rooms, register * 2 * size);
    }
    rooms[size - 1] |= (byte) log.locality();
    for (int event = 0; event < log.size(); event++) {
      int at = log.register(event) * 2 * size;
      log.digest(event).copyTo(rooms, at + size);
      hash.update(rooms, at, 2 * size);
      digestInto(hash, rooms, at, size);
    }
    byte[] values = new byte[kind.count() * size];
    for (int register = 0; register < kind.count(); register++) {
      System.arraycopy(rooms, register * 2 * size, values, register * size, size);
    }
    return RegisterBank.whole(kind, algorithm, Bytes.of(values));
  }

  private static void digestInto(MessageDigest hash, byte[] rooms, int at, int size) {
    try {
      hash.digest(rooms, at, size);
    } catch (DigestException e) {
      throw new IllegalStateException("a register is as long as a digest", e);
    }
  }
}

package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Digests;
import java.security.DigestException;
import java.security.MessageDigest;
import java.util.TreeMap;

/** What registers hold after a log's events: new = H(old ‖ digest), from the initial value on. */
final class Registers {
  private Registers() {}

  /** Every register of the log's kind; one that no event extends holds its initial value. */
  static RegisterBank replay(ParsedLog log, RegisterKind kind) {
    HashAlgorithm algorithm = log.algorithm();
    MessageDigest hash = Digests.create(algorithm.jcaName());
    byte[][] values = new byte[kind.count()][];
    for (int register = 0; register < kind.count(); register++) {
      values[register] = kind.initial(register, algorithm).toArray();
    }
    values[0][algorithm.digestSize() - 1] |= (byte) log.locality();
    for (ParsedLog.Event event : log.events()) {
      byte[] value = values[event.register()];
      hash.update(value);
      event.digest().update(hash);
      digestInto(hash, value);
    }
    TreeMap<Integer, Bytes> numbered = new TreeMap<>();
    for (byte[] value : values) {
      numbered.put(numbered.size(), Bytes.of(value));
    }
    return RegisterBank.trusted(kind, algorithm, numbered);
  }

  private static void digestInto(MessageDigest hash, byte[] value) {
    try {
      hash.digest(value, 0, value.length);
    } catch (DigestException e) {
      throw new IllegalStateException("a register is as long as a digest", e);
    }
  }
}

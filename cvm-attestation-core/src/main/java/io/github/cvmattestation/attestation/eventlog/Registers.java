package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.internal.Digests;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** What registers hold after a log's events: new = H(old ‖ digest), from the initial value on. */
final class Registers {
  private Registers() {}

  /** Every register of the log's kind; one that no event extends holds its initial value. */
  static RegisterBank replay(ParsedLog log, RegisterKind kind, HashAlgorithm algorithm) {
    MessageDigest hash = Digests.create(algorithm.jcaName());
    List<byte[]> values = new ArrayList<>(kind.count());
    for (int register = 0; register < kind.count(); register++) {
      values.add(kind.initial(register, algorithm).toArray());
    }
    for (ParsedLog.Event event : log.events()) {
      hash.update(values.get(event.register()));
      event.digest(algorithm).update(hash);
      values.set(event.register(), hash.digest());
    }
    TreeMap<Integer, Bytes> numbered = new TreeMap<>();
    for (byte[] value : values) {
      numbered.put(numbered.size(), Bytes.of(value));
    }
    return RegisterBank.trusted(kind, algorithm, numbered);
  }
}

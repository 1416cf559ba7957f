package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.List;
import java.util.Map;

/**
 * A well-formed log of which nothing is believed yet; it never leaves this package.
 *
 * @param algorithms those that every event has a digest of, in the order of the Spec ID event
 * @param events what was extended, in order; events that extend nothing are left out
 */
record ParsedLog(List<HashAlgorithm> algorithms, List<Event> events) {
  ParsedLog {
    algorithms = List.copyOf(algorithms);
    events = List.copyOf(events);
  }

  /**
   * An event that says of itself that it was extended.
   *
   * @param register the register's number, from 0
   * @param type unsigned 32 bits
   * @param digests exactly one for each algorithm of the log
   */
  record Event(int register, long type, Map<HashAlgorithm, Bytes> digests, Bytes data) {
    Bytes digest(HashAlgorithm algorithm) {
      Bytes digest = digests.get(algorithm);
      if (digest == null) {
        throw new IllegalArgumentException("the log has no " + algorithm.bankName());
      }
      return digest;
    }
  }
}

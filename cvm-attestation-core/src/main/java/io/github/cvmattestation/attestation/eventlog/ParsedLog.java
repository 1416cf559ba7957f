package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import java.util.List;

/**
 * One bank of a well-formed log of which nothing is believed yet; it never leaves this package.
 *
 * @param algorithm the bank
 * @param locality the locality from which the TPM was started: what PCR 0 begins with
 * @param events what was extended, in order; events that extend nothing are left out
 */
record ParsedLog(HashAlgorithm algorithm, int locality, List<Event> events) {
  /**
   * An event that says of itself that it was extended.
   *
   * @param register the register's number, from 0
   * @param type unsigned 32 bits
   * @param digest in the log's bank
   */
  record Event(int register, long type, Bytes digest, Bytes data) {}
}

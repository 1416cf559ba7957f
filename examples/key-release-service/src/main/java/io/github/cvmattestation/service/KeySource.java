package io.github.cvmattestation.service;

import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.release.ReleasedKey;

/**
 * Where the key comes from: attests this machine and has the key released to it, from the start.
 */
@FunctionalInterface
interface KeySource extends AutoCloseable {
  /**
   * Attests and asks for the key. Whoever receives it closes it.
   *
   * @throws AttestationException if the machine or a service could not be asked
   */
  Attempt<ReleasedKey> key();

  /** Lets go of the machine. */
  @Override
  default void close() {}
}

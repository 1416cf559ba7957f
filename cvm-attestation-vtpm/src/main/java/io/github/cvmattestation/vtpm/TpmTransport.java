package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;

/**
 * A way to a TPM: one command goes in, its response comes out.
 *
 * <p>Octets are arrays here, and nowhere else in this API: commands carry authorisation values and
 * secrets, and whoever made an array can clear it. A transport keeps neither.
 */
@FunctionalInterface
public interface TpmTransport extends AutoCloseable {
  /** The most that a command or a response may have, in bytes (PC Client PTP, CRB buffers). */
  int MAX_SIZE = 4096;

  /**
   * Sends one command and waits for its response.
   *
   * @param command a whole command: tag, size, code and the rest (TPM 2.0 Part 1, section 18)
   * @return the response as it came, at most {@link #MAX_SIZE} bytes; not looked into
   * @throws AttestationException.Device if the TPM could not be asked
   */
  byte[] transmit(byte[] command);

  /** Lets go of the device. Closing twice is closing once. */
  @Override
  default void close() {}
}

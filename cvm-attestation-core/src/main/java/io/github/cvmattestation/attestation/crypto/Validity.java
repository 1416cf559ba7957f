package io.github.cvmattestation.attestation.crypto;

import java.time.Instant;

/**
 * When something holds, both ends included (RFC 5280, section 4.1.2.5).
 *
 * @param of what holds, for messages
 */
public record Validity(String of, Instant notBefore, Instant notAfter) {
  /** Whether it holds at {@code instant}. */
  public boolean includes(Instant instant) {
    return !instant.isBefore(notBefore) && !instant.isAfter(notAfter);
  }
}

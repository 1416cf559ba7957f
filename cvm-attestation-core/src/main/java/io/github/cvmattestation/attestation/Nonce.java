package io.github.cvmattestation.attestation;

import java.security.SecureRandom;

/**
 * What a verifier draws so that evidence can only have been made afterwards (RFC 9334, section 10).
 *
 * @param value 8 to 64 octets. Eight is the least that EAT allows (RFC 9711, section 4.1); 64 is
 *     the most that REPORT_DATA and TPM qualifying data hold. An Azure vTPM quotes at most 50.
 */
public record Nonce(Bytes value) {
  /** The least size, in bytes. */
  public static final int MIN_SIZE = 8;

  /** The greatest size, in bytes. */
  public static final int MAX_SIZE = 64;

  private static final int RANDOM_SIZE = 32;

  public Nonce {
    if (value.size() < MIN_SIZE || value.size() > MAX_SIZE) {
      throw new IllegalArgumentException(
          "a nonce has %d to %d bytes, not %d".formatted(MIN_SIZE, MAX_SIZE, value.size()));
    }
  }

  /** 32 bytes from the platform's strong generator. Use each nonce once, and let it expire. */
  public static Nonce random() {
    byte[] drawn = new byte[RANDOM_SIZE];
    new SecureRandom().nextBytes(drawn);
    return new Nonce(Bytes.of(drawn));
  }

  /** Does not show the value: nonces are not for logs. */
  @Override
  public String toString() {
    return "Nonce[" + value.size() + " bytes]";
  }
}

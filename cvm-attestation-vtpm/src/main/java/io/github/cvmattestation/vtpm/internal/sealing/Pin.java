package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.internal.Digests;
import java.util.Arrays;

/** What a TPM gets to know of a PIN. */
public final class Pin {
  private static final int MAX_SIZE = 1024;

  private Pin() {}

  /**
   * SHA-256 of the PIN, since an authorisation value is no longer than the object's digest; without
   * trailing zeros, which TPMs drop (TPM 2.0 Part 1, section 19.6.4.3). What slows guesses down is
   * the TPM's lockout, which nobody gets around who has only the file.
   *
   * @param pin not changed
   */
  public static byte[] authValue(byte[] pin) {
    if (pin.length == 0 || pin.length > MAX_SIZE) {
      throw new AttestationException.Configuration(
          "a PIN has 1 to " + MAX_SIZE + " bytes", "choose another, or leave it out");
    }
    byte[] digest = Digests.create("SHA-256").digest(pin);
    int end = digest.length;
    while (end > 0 && digest[end - 1] == 0) {
      end--;
    }
    byte[] value = Arrays.copyOf(digest, end);
    Arrays.fill(digest, (byte) 0);
    return value;
  }
}

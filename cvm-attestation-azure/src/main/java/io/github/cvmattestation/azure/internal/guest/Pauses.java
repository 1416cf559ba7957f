package io.github.cvmattestation.azure.internal.guest;

import io.github.cvmattestation.attestation.AttestationException;
import java.time.Duration;

/** Waiting for real. */
public final class Pauses {
  private Pauses() {}

  /**
   * Waits that long.
   *
   * @throws AttestationException.Device if the thread is interrupted, which it stays
   */
  public static void sleep(Duration time) {
    try {
      Thread.sleep(time.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AttestationException.Device(
          "interrupted while waiting for the vTPM", "ask again, and let it finish");
    }
  }
}

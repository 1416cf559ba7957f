package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Texts of EV_EFI_ACTION events on which a boot turns (TCG PFP §10.4.4), in ASCII without a NUL.
 */
final class ActionTexts {
  /** The firmware hands over to the first boot option. */
  static final Bytes CALLING = text("Calling EFI Application from Boot Option");

  /** The boot loader is about to leave boot services. */
  static final Bytes EXIT_INVOKED = text("Exit Boot Services Invocation");

  /** And has left. */
  static final Bytes EXIT_SUCCEEDED = text("Exit Boot Services Returned with Success");

  /** Or has not. */
  static final Bytes EXIT_FAILED = text("Exit Boot Services Returned with Failure");

  static final List<Bytes> ALL = List.of(CALLING, EXIT_INVOKED, EXIT_SUCCEEDED, EXIT_FAILED);

  private ActionTexts() {}

  private static Bytes text(String ascii) {
    return Bytes.of(ascii.getBytes(StandardCharsets.US_ASCII));
  }
}

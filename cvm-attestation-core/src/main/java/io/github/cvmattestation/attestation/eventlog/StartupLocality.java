package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.nio.charset.StandardCharsets;

/**
 * TCG_EfiStartupLocalityEvent (TCG PFP §10.4.5.3): the locality of TPM2_Startup is what PCR 0
 * begins with. A remark, and yet no lie gets through: PCR 0 would not add up.
 */
final class StartupLocality {
  private static final Bytes SIGNATURE =
      Bytes.of("StartupLocality\0".getBytes(StandardCharsets.US_ASCII));

  private final RegisterKind kind;
  private boolean stated;
  private boolean begun;
  private int value;

  StartupLocality(RegisterKind kind) {
    this.kind = kind;
  }

  /** What PCR 0 begins with, in its last byte: 0, 3, or 4. */
  int value() {
    return value;
  }

  void extended(int register) {
    begun |= register == 0;
  }

  /** Looks at an EV_NO_ACTION event that ends at {@code offset}. */
  void remark(int offset, int register, Bytes data) throws MalformedException {
    if (kind != RegisterKind.PCR || !data.startsWith(SIGNATURE)) {
      return;
    }
    if (register != 0 || data.size() != SIGNATURE.size() + 1) {
      throw malformed(offset, "one byte, in PCR 0", data.size() + " bytes in all");
    }
    int locality = data.get(SIGNATURE.size());
    if (locality != 0 && locality != 3 && locality != 4) {
      throw malformed(offset, "0, 3 or 4", Integer.toString(locality));
    }
    if (stated || begun) {
      throw malformed(offset, "once, before PCR 0 is extended", stated ? "again" : "after it");
    }
    stated = true;
    value = locality;
  }

  private static MalformedException malformed(int offset, String expected, String actual) {
    return LogCursor.malformed("StartupLocality", offset, expected, actual);
  }
}

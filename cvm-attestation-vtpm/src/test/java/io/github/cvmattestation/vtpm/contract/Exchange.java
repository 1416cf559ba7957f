package io.github.cvmattestation.vtpm.contract;

import java.util.HexFormat;

/**
 * A command, its response, and what of the response has to be the same on every TPM.
 *
 * @param label what was tried
 * @param response as it came
 * @param code the response code
 * @param comparable the deterministic part, as text
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Exchange(String label, byte[] command, byte[] response, int code, String comparable) {
  boolean ok() {
    return code == 0;
  }

  /** What two TPMs have to agree on. */
  String verdict() {
    return "%s %03x %s".formatted(label, code, comparable);
  }

  String dump() {
    HexFormat hex = HexFormat.of();
    return verdict() + "\n   > " + hex.formatHex(command) + "\n   < " + hex.formatHex(response);
  }
}

package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The 24 PCRs of a simulated vTPM. */
final class LinuxPcrs {
  private LinuxPcrs() {}

  /**
   * As a Linux guest leaves them: firmware, boot loader and kernel in 0 to 7, 9, 10, 12 and 14;
   * those for dynamic launch, 17 to 22, all ones; the rest zero; and on top what was changed.
   */
  static SortedMap<Integer, Bytes> of(boolean secureBoot, Map<Integer, Bytes> changed) {
    SortedMap<Integer, Bytes> values = new TreeMap<>();
    for (int index = 0; index < 24; index++) {
      boolean measured = index < 8 || index == 9 || index == 10 || index == 12 || index == 14;
      if (measured) {
        String state = index == 7 ? (secureBoot ? " secure boot" : " no secure boot") : "";
        values.put(index, Hashes.digest("SHA-256", "PCR " + index + state));
      } else {
        values.put(index, Bytes.ofHex((index > 16 && index < 23 ? "ff" : "00").repeat(32)));
      }
    }
    values.putAll(changed);
    return values;
  }
}

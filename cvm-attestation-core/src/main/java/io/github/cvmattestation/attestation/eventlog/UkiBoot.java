package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import java.util.List;

/**
 * A unified kernel image as systemd-stub and systemd-pcrphase measure it into PCR 11 (systemd,
 * docs/TPM2_PCR_MEASUREMENTS.md).
 *
 * @param sections in the order in which they were measured; no name twice
 * @param phases the phases of boot that were reached, such as {@code enter-initrd}
 */
public record UkiBoot(List<Section> sections, List<String> phases) {
  /**
   * A section of the image.
   *
   * @param name proven: its digest was extended
   * @param digest of its contents
   */
  public record Section(String name, Bytes digest) {}

  public UkiBoot {
    sections = List.copyOf(sections);
    phases = List.copyOf(phases);
  }
}

package io.github.cvmattestation.vtpm;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What registers are for, in words (TCG PC Client Platform Firmware Profile 1.06, section 3.3.4;
 * from 8 on what Linux distributions and systemd made of them).
 */
public final class PcrUse {
  private static final List<String> USES =
      List.of(
          "firmware",
          "firmware configuration",
          "drivers and option ROMs",
          "their configuration",
          "boot loader",
          "its configuration and the partition table",
          "platform events",
          "Secure Boot policy",
          "boot loader's commands and kernel command line",
          "files that the boot loader read",
          "IMA",
          "kernel image (UKI)",
          "kernel command line and credentials",
          "system extensions",
          "shim's certificates (MOK)",
          "system identity");

  private PcrUse() {}

  /** Such as {@code PCR 7 (Secure Boot policy)}. */
  public static String name(int index) {
    return "PCR " + index + (index >= 0 && index < USES.size() ? " (" + USES.get(index) + ")" : "");
  }

  /** Several of them, with commas between. */
  public static String names(List<Integer> indices) {
    return indices.stream().map(PcrUse::name).collect(Collectors.joining(", "));
  }
}

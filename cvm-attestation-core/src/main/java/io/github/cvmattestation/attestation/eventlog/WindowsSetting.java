package io.github.cvmattestation.attestation.eventlog;

/** A switch that Windows' boot programs report (SIPAEVENT_*; Windows SDK, wbcl.h). */
public enum WindowsSetting {
  /** Whether drivers and system files are checked before they run. */
  CODE_INTEGRITY(0x00050002L, Size.BOOLEAN, State.ON),
  /** Whether signatures of test certificates are accepted. */
  TEST_SIGNING(0x00050003L, Size.BOOLEAN, State.OFF),
  /** Whether signatures of Windows' preview builds are accepted. */
  FLIGHT_SIGNING(0x00050021L, Size.BOOLEAN, State.OFF),
  /** Whether a boot program can be debugged. */
  BOOT_DEBUGGING(0x00040001L, Size.BOOLEAN, State.OFF),
  /** Whether the kernel can be debugged. */
  KERNEL_DEBUGGING(0x00050001L, Size.BOOLEAN, State.OFF),
  /** Whether the hypervisor can be debugged. */
  HYPERVISOR_DEBUGGING(0x0005000DL, Size.BOOLEAN, State.OFF),
  /** Whether Windows started with the fewest drivers. */
  SAFE_MODE(0x00050005L, Size.BOOLEAN, State.OFF),
  /** Whether it is Windows PE, the environment for setup and recovery. */
  WIN_PE(0x00050006L, Size.BOOLEAN, State.OFF),
  /** Whether the hypervisor is started. */
  HYPERVISOR_LAUNCH(0x0005000AL, Size.NUMBER, State.ON),
  /** Whether Virtual Secure Mode is started, on which VBS and Credential Guard stand. */
  VSM_LAUNCH(0x00050012L, Size.NUMBER, State.ON);

  /** What is known of a switch. */
  public enum State {
    /** It is on. */
    ON,
    /** It is off. */
    OFF,
    /** Not reported, or not in a way that can be relied on. */
    UNKNOWN;

    /** One report: a number of {@code size} bytes, 0 or 1. */
    static State of(SipaItem report, int size) {
      long number = report.number(size).orElse(-1L);
      if (number == 0) {
        return OFF;
      }
      return number == 1 ? ON : UNKNOWN;
    }
  }

  /** How a switch is written. */
  private static final class Size {
    static final int BOOLEAN = 1;
    static final int NUMBER = Long.BYTES;
  }

  private final long type;
  private final int size;
  private final State safe;

  WindowsSetting(long type, int size, State safe) {
    this.type = type;
    this.size = size;
    this.safe = safe;
  }

  /** The state that protects: {@link State#ON} or {@link State#OFF}. */
  public State safe() {
    return safe;
  }

  /** The number of the event that reports it. */
  long type() {
    return type;
  }

  /** What one report of it says. */
  State read(SipaItem report) {
    return State.of(report, size);
  }
}

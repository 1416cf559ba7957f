package io.github.cvmattestation.attestation.eventlog;

/**
 * For which programs Windows enforces that data is not executed, weakest first: the boot option
 * {@code nx} (Windows boot configuration data, NxPolicy), as SIPAEVENT_DATAEXECUTIONPREVENTION
 * reports it.
 */
public enum NxPolicy {
  /** Not reported, or in a way that is not known. */
  UNKNOWN(-1),
  /** For none. */
  ALWAYS_OFF(2),
  /** For the system and for programs that ask for it. */
  OPT_IN(0),
  /** For all but those on a list. */
  OPT_OUT(1),
  /** For all. */
  ALWAYS_ON(3);

  private final int number;

  NxPolicy(int number) {
    this.number = number;
  }

  /** What a report of eight bytes says. */
  static NxPolicy of(SipaItem report) {
    long number = report.number(Long.BYTES).orElse(-1L);
    for (NxPolicy policy : values()) {
      if (policy != UNKNOWN && policy.number == number) {
        return policy;
      }
    }
    return UNKNOWN;
  }
}

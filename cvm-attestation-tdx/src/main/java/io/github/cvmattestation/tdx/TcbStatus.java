package io.github.cvmattestation.tdx;

import java.util.Optional;

/**
 * How a TCB stands against Intel's published levels (Intel PCS API v4, {@code tcbStatus}; the two
 * relaunch states from Intel's Quote Verification Library), from best to worst. A TCB that matches
 * no level has no status: it is refuted.
 */
public enum TcbStatus {
  /** Everything is at the latest level. */
  UP_TO_DATE("UpToDate"),
  /** Up to date, but the software inside must mitigate something itself. */
  SW_HARDENING_NEEDED("SWHardeningNeeded"),
  /** Up to date, but a platform setting must be judged. */
  CONFIGURATION_NEEDED("ConfigurationNeeded"),
  /** Both of the above. */
  CONFIGURATION_AND_SW_HARDENING_NEEDED("ConfigurationAndSWHardeningNeeded"),
  /** The TDX module was updated after this TD was launched: launch it again. */
  TD_RELAUNCH_ADVISED("TDRelaunchAdvised"),
  /** Launch it again, and judge a platform setting. */
  TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED("TDRelaunchAdvisedConfigurationNeeded"),
  /** Something has a known weakness that an update would close. */
  OUT_OF_DATE("OutOfDate"),
  /** Out of date, and a platform setting must be judged. */
  OUT_OF_DATE_CONFIGURATION_NEEDED("OutOfDateConfigurationNeeded"),
  /** Not to be trusted. No policy can accept it. */
  REVOKED("Revoked");

  private final String label;

  TcbStatus(String label) {
    this.label = label;
  }

  /** Intel's spelling. */
  public String label() {
    return label;
  }

  /** The status of exactly this spelling. */
  public static Optional<TcbStatus> ofLabel(String label) {
    for (TcbStatus status : values()) {
      if (status.label.equals(label)) {
        return Optional.of(status);
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return label;
  }
}

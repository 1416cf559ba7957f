package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.TcbStatus.CONFIGURATION_AND_SW_HARDENING_NEEDED;
import static io.github.cvmattestation.tdx.TcbStatus.CONFIGURATION_NEEDED;
import static io.github.cvmattestation.tdx.TcbStatus.OUT_OF_DATE;
import static io.github.cvmattestation.tdx.TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED;
import static io.github.cvmattestation.tdx.TcbStatus.SW_HARDENING_NEEDED;
import static io.github.cvmattestation.tdx.TcbStatus.TD_RELAUNCH_ADVISED;
import static io.github.cvmattestation.tdx.TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The parts of a TCB that have a status of their own, as a policy speaks of them. */
enum TcbComponent {
  PLATFORM("platform"),
  MODULE("TDX module"),
  QE("quoting enclave");

  private final String label;

  TcbComponent(String label) {
    this.label = label;
  }

  /** This part of {@code assessment}; no TDX module where it has no levels of its own. */
  Optional<TcbPart> of(TcbAssessment assessment) {
    return switch (this) {
      case PLATFORM -> Optional.of(assessment.platform());
      case MODULE -> assessment.module();
      case QE -> Optional.of(assessment.qe());
    };
  }

  /**
   * The statuses of the whole that a part of status {@code own} can lead to; none where this part
   * never has such a status.
   */
  Set<TcbStatus> leadsTo(TcbStatus own) {
    if (own == TcbStatus.UP_TO_DATE) {
      return EnumSet.complementOf(EnumSet.of(TcbStatus.REVOKED));
    }
    return switch (this) {
      case PLATFORM -> platformLeadsTo(own);
      case MODULE ->
          own == OUT_OF_DATE
              ? EnumSet.of(
                  OUT_OF_DATE,
                  OUT_OF_DATE_CONFIGURATION_NEEDED,
                  TD_RELAUNCH_ADVISED,
                  TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED)
              : Set.of();
      // An update of the module does not mend the quoting enclave: to relaunch would not help.
      case QE ->
          own == OUT_OF_DATE ? EnumSet.of(OUT_OF_DATE, OUT_OF_DATE_CONFIGURATION_NEEDED) : Set.of();
    };
  }

  private static Set<TcbStatus> platformLeadsTo(TcbStatus own) {
    return switch (own) {
      case SW_HARDENING_NEEDED ->
          EnumSet.of(
              SW_HARDENING_NEEDED,
              OUT_OF_DATE,
              TD_RELAUNCH_ADVISED,
              TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED);
      case CONFIGURATION_NEEDED, CONFIGURATION_AND_SW_HARDENING_NEEDED ->
          EnumSet.of(
              own, OUT_OF_DATE_CONFIGURATION_NEEDED, TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED);
      case OUT_OF_DATE ->
          EnumSet.of(OUT_OF_DATE, TD_RELAUNCH_ADVISED, TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED);
      case OUT_OF_DATE_CONFIGURATION_NEEDED ->
          EnumSet.of(OUT_OF_DATE_CONFIGURATION_NEEDED, TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED);
      default -> Set.of();
    };
  }

  @Override
  public String toString() {
    return label;
  }
}

package io.github.cvmattestation.tdx;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * How the TCB of a TD stands: as it was when the TD was launched, and as it is now.
 *
 * <p>Intel's one status says little of the present: a TD launched on an up-to-date TCB stays {@code
 * UpToDate} there even if a revoked TDX module runs now. Whoever decides looks at {@link #launch()}
 * and {@link #current()} both; {@link #isCurrentWorse()} and {@link #isRevoked()} ask for exactly
 * that.
 *
 * @param launch with TEE_TCB_SVN: what ran when the TD was launched
 * @param current with TEE_TCB_SVN2: what runs now, after an update that preserved the TD. TD
 *     reports before TDX 1.5 do not say
 */
public record TcbEvaluation(TcbAssessment launch, Optional<TcbAssessment> current) {
  private static final Comparator<TcbShortfall> COMPARISON =
      Comparator.comparing(TcbShortfall::kind)
          .thenComparing(TcbShortfall::index)
          .thenComparing(TcbShortfall::have);

  /**
   * Intel's one status: that of the launch, unless the launch is out of date and an update has
   * mended it since: then to launch the TD again is advised (Intel SGX and TDX Quote Verification
   * Library, 2026-05; the algorithm before it asked for TEE_TCB_SVN2 at the very latest level).
   */
  public TcbStatus status() {
    TcbStatus before = launch.status();
    if (current.isEmpty()) {
      return before;
    }
    boolean outOfDate =
        before == TcbStatus.OUT_OF_DATE || before == TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED;
    if (!outOfDate) {
      return before;
    }
    TcbStatus now = current.get().status();
    return switch (now) {
      case UP_TO_DATE, SW_HARDENING_NEEDED ->
          before == TcbStatus.OUT_OF_DATE
              ? TcbStatus.TD_RELAUNCH_ADVISED
              : TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;
      case CONFIGURATION_NEEDED, CONFIGURATION_AND_SW_HARDENING_NEEDED ->
          TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;
      default -> before;
    };
  }

  /** Whether the TCB stands worse now than at launch, which {@link #status()} does not tell. */
  public boolean isCurrentWorse() {
    // TcbStatus is declared from best to worst.
    return current.isPresent() && current.get().status().compareTo(launch.status()) > 0;
  }

  /** Whether anything was revoked, at launch or now. */
  public boolean isRevoked() {
    return launch.status() == TcbStatus.REVOKED
        || (current.isPresent() && current.get().status() == TcbStatus.REVOKED);
  }

  /** The earliest {@code tcbDate} of launch and present. */
  public Instant tcbDate() {
    return current.isPresent()
        ? TcbAssessment.earlier(launch.tcbDate(), current.get().tcbDate())
        : launch.tcbDate();
  }

  /** The advisories of the launch, then those that apply now only, each once. */
  public List<String> advisories() {
    return current.isPresent()
        ? TcbAssessment.union(launch.advisories(), current.get().advisories())
        : launch.advisories();
  }

  /**
   * Where anything is below its newest level, at launch or now, each once: in the order of
   * comparison, the lower SVN first. Which of the two it was, {@link TcbAssessment#shortfalls()}
   * says.
   */
  public List<TcbShortfall> shortfalls() {
    if (current.isEmpty()) {
      return launch.shortfalls();
    }
    List<TcbShortfall> all =
        new ArrayList<>(TcbAssessment.union(launch.shortfalls(), current.get().shortfalls()));
    all.sort(COMPARISON);
    return List.copyOf(all);
  }
}

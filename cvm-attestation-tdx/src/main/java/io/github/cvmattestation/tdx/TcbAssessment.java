package io.github.cvmattestation.tdx;

import io.github.cvmattestation.tdx.internal.TcbLevels;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a TCB stands, part by part and altogether, with one value of TEE_TCB_SVN (Intel SGX and TDX
 * Quote Verification Library, 2026-05, §4.1.2.5.2).
 *
 * @param platform SGX components, PCESVN and TDX components; any status but the relaunch states
 * @param module the TDX module, where it has levels of its own: from version 1 on. One from before
 *     versioning is two of the platform's components. UpToDate, OutOfDate or Revoked
 * @param qe the TD quoting enclave; UpToDate, OutOfDate or Revoked
 */
public record TcbAssessment(TcbPart platform, Optional<TcbPart> module, TcbPart qe) {
  public TcbAssessment {
    boolean known =
        TcbLevels.isPlatformStatus(platform.status())
            && (module.isEmpty() || TcbLevels.isIsvStatus(module.get().status()))
            && TcbLevels.isIsvStatus(qe.status());
    if (!known) {
      throw new IllegalArgumentException("a status that no level of this part can have");
    }
  }

  /**
   * The status of all parts together: the platform's, made worse by a module or quoting enclave
   * that is out of date or revoked. Never one of the relaunch states.
   */
  public TcbStatus status() {
    if (isAny(TcbStatus.REVOKED)) {
      return TcbStatus.REVOKED;
    }
    TcbStatus status = platform.status();
    if (!isAny(TcbStatus.OUT_OF_DATE)) {
      return status;
    }
    return switch (status) {
      case UP_TO_DATE, SW_HARDENING_NEEDED -> TcbStatus.OUT_OF_DATE;
      case CONFIGURATION_NEEDED, CONFIGURATION_AND_SW_HARDENING_NEEDED ->
          TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED;
      default -> status;
    };
  }

  private boolean isAny(TcbStatus status) {
    return platform.status() == status
        || (module.isPresent() && module.get().status() == status)
        || qe.status() == status;
  }

  /** The earliest {@code tcbDate} of the parts: whatever was disclosed before it is mitigated. */
  public Instant tcbDate() {
    Instant earliest = earlier(platform.tcbDate(), qe.tcbDate());
    return module.isPresent() ? earlier(earliest, module.get().tcbDate()) : earliest;
  }

  /** The advisories of platform, module and quoting enclave, in this order, each once. */
  public List<String> advisories() {
    List<String> ofModule = module.isPresent() ? module.get().advisories() : List.of();
    return union(union(platform.advisories(), ofModule), qe.advisories());
  }

  /** Where platform, module and quoting enclave are below their newest levels, in this order. */
  public List<TcbShortfall> shortfalls() {
    List<TcbShortfall> ofModule = module.isPresent() ? module.get().shortfalls() : List.of();
    return union(union(platform.shortfalls(), ofModule), qe.shortfalls());
  }

  static Instant earlier(Instant a, Instant b) {
    return a.isAfter(b) ? b : a;
  }

  /** What is in either list, once, in the order of first appearance. */
  static <T> List<T> union(List<T> first, List<T> second) {
    if (first.size() + second.size() < 2) {
      return first.isEmpty() ? second : first; // the usual case: nothing is wrong
    }
    Set<T> union = new LinkedHashSet<>(first);
    union.addAll(second);
    return List.copyOf(union);
  }
}

package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.tdx.IsvLevel;
import io.github.cvmattestation.tdx.TcbLevel;
import io.github.cvmattestation.tdx.TcbStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What holds for every list of TCB levels.
 *
 * <p>Levels are tried from the highest down, whatever order they came in (as in Intel's Quote
 * Verification Library). This order decides which of several levels that a TCB reaches is its own;
 * it does not say that one TCB is better than another, for "at least" is a partial order.
 */
public final class TcbLevels {
  /**
   * By the SGX components, the first of them first, then PCESVN, then the TDX components; highest
   * first.
   */
  public static final Comparator<TcbLevel> PLATFORM =
      (a, b) -> {
        int order = components(b.sgxComponents(), a.sgxComponents());
        if (order == 0) {
          order = Integer.compare(b.pceSvn(), a.pceSvn());
        }
        return order == 0 ? components(b.tdxComponents(), a.tdxComponents()) : order;
      };

  /** By ISV SVN; highest first. */
  public static final Comparator<IsvLevel> ISV = (a, b) -> Integer.compare(b.isvSvn(), a.isvSvn());

  private TcbLevels() {}

  /**
   * The levels in this order.
   *
   * @throws IllegalArgumentException when two of them are of the same TCB: which of them counts
   *     would depend on the order they came in
   */
  public static <T> List<T> sorted(List<T> levels, Comparator<T> order) {
    List<T> sorted = new ArrayList<>(levels);
    sorted.sort(order);
    for (int i = 1; i < sorted.size(); i++) {
      if (order.compare(sorted.get(i - 1), sorted.get(i)) == 0) {
        throw new IllegalArgumentException("two levels of the same TCB");
      }
    }
    return List.copyOf(sorted);
  }

  /** Whether a platform's level can have this status (Intel PCS API v4, TCB Info V3). */
  public static boolean isPlatformStatus(TcbStatus status) {
    return status != TcbStatus.TD_RELAUNCH_ADVISED
        && status != TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED;
  }

  /** Whether a level of a module or quoting enclave can have this status (Intel PCS API v4). */
  public static boolean isIsvStatus(TcbStatus status) {
    return status == TcbStatus.UP_TO_DATE
        || status == TcbStatus.OUT_OF_DATE
        || status == TcbStatus.REVOKED;
  }

  private static int components(Bytes a, Bytes b) {
    for (int i = 0; i < TcbLevel.COMPONENTS; i++) {
      int order = Integer.compare(a.get(i), b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }
}

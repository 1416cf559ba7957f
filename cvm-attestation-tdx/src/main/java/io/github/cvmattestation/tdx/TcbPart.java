package io.github.cvmattestation.tdx;

import java.time.Instant;
import java.util.List;

/**
 * How one part of a TCB (platform, TDX module or quoting enclave) stands: the level that it
 * reaches.
 *
 * @param status the level's {@code tcbStatus}; never one of the relaunch states
 * @param tcbDate the level's {@code tcbDate}
 * @param advisories the level's {@code advisoryIDs}, in the order they are listed in
 * @param shortfalls where the part is below the newest level, in the order of comparison; none
 *     exactly if it is at the newest
 */
public record TcbPart(
    TcbStatus status, Instant tcbDate, List<String> advisories, List<TcbShortfall> shortfalls) {
  public TcbPart {
    advisories = List.copyOf(advisories);
    shortfalls = List.copyOf(shortfalls);
  }
}

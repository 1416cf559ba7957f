package io.github.cvmattestation.attestation.eventlog;

import java.util.EnumSet;
import java.util.Set;

/** What opened a BitLocker volume during boot: FVEB_UNLOCK_FLAG_* (Windows SDK, wbcl.h). */
public enum BitLockerUnlock {
  /** Nothing: no flag at all. */
  NONE(0x000),
  /** A key that was still in memory. */
  CACHED(0x001),
  /** A key on the medium itself: protection was suspended. */
  MEDIA(0x002),
  /** The TPM. */
  TPM(0x004),
  /** A PIN. */
  PIN(0x010),
  /** A key on another medium. */
  EXTERNAL(0x020),
  /** The recovery password: the TPM did not release the key. */
  RECOVERY(0x040),
  /** A passphrase. */
  PASSPHRASE(0x080),
  /** A server on the network. */
  NETWORK(0x100),
  /** FVEB_UNLOCK_FLAG_AUK_OSFVEINFO. */
  AUK_OSFVEINFO(0x200),
  /** A flag that is not known, or a report that is not a number. */
  UNKNOWN(0);

  private final long flag;

  BitLockerUnlock(long flag) {
    this.flag = flag;
  }

  /** All that one report says; it is a number of four or eight bytes. */
  static Set<BitLockerUnlock> of(SipaItem report) {
    EnumSet<BitLockerUnlock> unlocks = EnumSet.noneOf(BitLockerUnlock.class);
    long flags = report.number(Integer.BYTES).or(() -> report.number(Long.BYTES)).orElse(-1L);
    if (flags == 0) {
      unlocks.add(NONE);
    }
    long left = flags;
    for (BitLockerUnlock unlock : values()) {
      if (flags != -1 && (flags & unlock.flag) != 0) {
        unlocks.add(unlock);
        left &= ~unlock.flag;
      }
    }
    if (left != 0) {
      unlocks.add(UNKNOWN);
    }
    return unlocks;
  }
}

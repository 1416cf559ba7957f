package io.github.cvmattestation.vtpm;

import java.util.EnumSet;
import java.util.Set;

/** The bits of TPMA_NV (TPM 2.0 Part 2, section 13.4), without TPM_NT in bits 4 to 7. */
public enum NvAttribute {
  /** The platform may write. */
  PPWRITE(0),
  /** The owner may write. */
  OWNERWRITE(1),
  /** The index's authorisation value lets one write. */
  AUTHWRITE(2),
  /** The index's policy lets one write. */
  POLICYWRITE(3),
  /** Undefining needs the index's policy. */
  POLICY_DELETE(10),
  /** No writes for now. */
  WRITELOCKED(11),
  /** Only whole writes. */
  WRITEALL(12),
  /** A write lock is for ever. */
  WRITEDEFINE(13),
  /** A write lock lasts until a restart. */
  WRITE_STCLEAR(14),
  /** Locked with the global lock. */
  GLOBALLOCK(15),
  /** The platform may read. */
  PPREAD(16),
  /** The owner may read. */
  OWNERREAD(17),
  /** The index's authorisation value lets one read. */
  AUTHREAD(18),
  /** The index's policy lets one read. */
  POLICYREAD(19),
  /** Wrong values do not count against the lockout. */
  NO_DA(25),
  /** Kept in RAM between orderly shutdowns. */
  ORDERLY(26),
  /** Unwritten again after a restart. */
  CLEAR_STCLEAR(27),
  /** No reads for now. */
  READLOCKED(28),
  /** Was written; the Name changes with it. */
  WRITTEN(29),
  /** Defined by the platform. */
  PLATFORMCREATE(30),
  /** A read lock lasts until a restart. */
  READ_STCLEAR(31);

  private final int bit;

  NvAttribute(int bit) {
    this.bit = bit;
  }

  /** The bit's number, 0 the least significant. */
  public int bit() {
    return bit;
  }

  static long bits(Set<NvAttribute> attributes) {
    return attributes.stream().mapToLong(attribute -> 1L << attribute.bit).sum();
  }

  static Set<NvAttribute> of(long bits) {
    Set<NvAttribute> attributes = EnumSet.noneOf(NvAttribute.class);
    for (NvAttribute attribute : values()) {
      if (((bits >> attribute.bit) & 1) == 1) {
        attributes.add(attribute);
      }
    }
    return attributes;
  }
}

package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;

/**
 * TPM_HANDLE with the Name that commands are authorised under (TPM 2.0 Part 1, section 16).
 *
 * @param value unsigned 32 bits
 * @param name of objects and NV indices an algorithm and a digest; of all else the handle itself
 */
public record TpmHandle(long value, Bytes name) {
  /** TPM_RH_OWNER: the storage hierarchy (Part 2, section 7.4). */
  public static final TpmHandle OWNER = permanent(0x40000001L);

  /** TPM_RH_NULL: the hierarchy whose seed changes at each reset, and "none". */
  public static final TpmHandle NULL = permanent(0x40000007L);

  /** TPM_RH_ENDORSEMENT: the privacy hierarchy. */
  public static final TpmHandle ENDORSEMENT = permanent(0x4000000BL);

  /** TPM_RH_PLATFORM: the firmware's, and closed on a machine that has booted. */
  public static final TpmHandle PLATFORM = permanent(0x4000000CL);

  /** A handle that is its own Name: a hierarchy, a session or a PCR. */
  static TpmHandle permanent(long value) {
    return new TpmHandle(
        value,
        Bytes.of((byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value));
  }

  /** Register {@code index}: PCR handles are their numbers (Part 2, section 7.3). */
  static TpmHandle pcr(int index) {
    if (index < 0 || index >= PcrBank.REGISTERS) {
      throw new IllegalArgumentException("no PCR " + index);
    }
    return permanent(index);
  }
}

package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.MalformedException;

/**
 * POLICY: what the guest's owner demanded of the platform at launch (AMD 56860, section 4.3, table
 * 10). Mind the direction: bits 16, 18, 19 and 21 <em>permit</em> a weakness, bits 20 and 22 to 25
 * <em>demand</em> a protection.
 *
 * @param raw the 64 bits as signed
 */
public record GuestPolicy(long raw) {
  private static final int RESERVED_ONE = 17;
  private static final int FIRST_UNKNOWN = 26;

  /** Reads the 64 bits: bit 17 must be one, bits 63 to 26 zero. */
  public static GuestPolicy parse(long raw) throws MalformedException {
    GuestPolicy policy = new GuestPolicy(raw);
    if (!policy.bit(RESERVED_ONE) || raw >>> FIRST_UNKNOWN != 0) {
      throw new MalformedException(
          "ATTESTATION_REPORT.POLICY", "bit 17 one and bits 63 to 26 zero", "others");
    }
    return policy;
  }

  /** The least major version of the firmware ABI that the guest accepts. */
  public int abiMajor() {
    return (int) (raw >>> 8 & 0xFF);
  }

  /** The least minor version of the firmware ABI that the guest accepts. */
  public int abiMinor() {
    return (int) (raw & 0xFF);
  }

  /** Bit 16: may run with simultaneous multithreading. */
  public boolean smtAllowed() {
    return bit(16);
  }

  /** Bit 18: a migration agent may move the guest. */
  public boolean migrationAgentAllowed() {
    return bit(18);
  }

  /** Bit 19: the host may read and write the guest's memory through the firmware. */
  public boolean debugAllowed() {
    return bit(19);
  }

  /** Bit 20: only one socket. */
  public boolean singleSocketRequired() {
    return bit(20);
  }

  /** Bit 21: CXL memory or devices may be in use. */
  public boolean cxlAllowed() {
    return bit(21);
  }

  /** Bit 22: memory encryption must be AES-256-XTS. */
  public boolean aes256XtsRequired() {
    return bit(22);
  }

  /** Bit 23: the running average power limit interface must be off. */
  public boolean raplDisabledRequired() {
    return bit(23);
  }

  /** Bit 24: ciphertext hiding must be on. */
  public boolean ciphertextHidingRequired() {
    return bit(24);
  }

  /** Bit 25: the host may not swap or move the guest's pages. */
  public boolean pageSwapDisabled() {
    return bit(25);
  }

  /** The bits as claims. */
  public ClaimValue.Group toGroup() {
    return ClaimValue.Group.builder()
        .put("abiMajor", abiMajor())
        .put("abiMinor", abiMinor())
        .put("smt", smtAllowed())
        .put("migrationAgent", migrationAgentAllowed())
        .put("debug", debugAllowed())
        .put("singleSocket", singleSocketRequired())
        .put("cxl", cxlAllowed())
        .put("aes256Xts", aes256XtsRequired())
        .put("raplDisabled", raplDisabledRequired())
        .put("ciphertextHiding", ciphertextHidingRequired())
        .put("pageSwapDisabled", pageSwapDisabled())
        .build();
  }

  private boolean bit(int index) {
    return (raw >>> index & 1) == 1;
  }
}

package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.ClaimValue;

/**
 * PLATFORM_INFO: how the host is set up (AMD 56860, section 7.3, table 24). Bits without a name
 * stay readable in {@link #raw}: genuine Turin reports set bit 6, which the published table
 * reserves.
 *
 * @param raw the 64 bits as signed
 */
public record PlatformInfo(long raw) {
  /** Bits 0 to 7: those with a published meaning, and bit 6, which real platforms set. */
  public static final long KNOWN_BITS = 0xFF;

  /** Bit 0: simultaneous multithreading is on. */
  public boolean smtEnabled() {
    return bit(0);
  }

  /** Bit 1: transparent SME is on. */
  public boolean tsmeEnabled() {
    return bit(1);
  }

  /** Bit 2: memory has error correction. */
  public boolean eccEnabled() {
    return bit(2);
  }

  /** Bit 3: the running average power limit interface is off. */
  public boolean raplDisabled() {
    return bit(3);
  }

  /** Bit 4: ciphertext hiding is on. */
  public boolean ciphertextHidingEnabled() {
    return bit(4);
  }

  /** Bit 5: the firmware checked memory for aliases (the answer to BadRAM, CVE-2024-21944). */
  public boolean aliasCheckComplete() {
    return bit(5);
  }

  /** Bit 7: trusted I/O is on. */
  public boolean tioEnabled() {
    return bit(7);
  }

  /** The bits as claims. */
  public ClaimValue.Group toGroup() {
    return ClaimValue.Group.builder()
        .put("raw", raw)
        .put("smt", smtEnabled())
        .put("tsme", tsmeEnabled())
        .put("ecc", eccEnabled())
        .put("raplDisabled", raplDisabled())
        .put("ciphertextHiding", ciphertextHidingEnabled())
        .put("aliasCheckComplete", aliasCheckComplete())
        .put("tio", tioEnabled())
        .build();
  }

  private boolean bit(int index) {
    return (raw >>> index & 1) == 1;
  }
}

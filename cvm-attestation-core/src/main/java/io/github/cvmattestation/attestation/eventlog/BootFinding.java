package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.FindingCode;

/** What cannot be told, or is not wanted, of how a machine booted. */
public enum BootFinding implements FindingCode {
  /** A register that is interpreted has an event of a type, or in a place, that is not known. */
  BOOT_EVENT_TYPE("TCG PFP §10.4.1 and §3.3.4"),
  /** PCR 7 tells no consistent story of Secure Boot. */
  BOOT_SECURE_BOOT("TCG PFP §3.3.4.8; UEFI 2.10 §32.3"),
  /** Measured data is not in its format. */
  BOOT_FORMAT("TCG PFP §10.2.6; UEFI 2.10 §32.4.1"),
  /** The firmware was in a debugger's hands. */
  BOOT_DEBUG("TCG PFP §3.3.4.8, UEFI Debug Mode"),
  /** The registers are of a bank whose hash has collisions. */
  BOOT_BANK("NIST SP 800-131A"),
  /** Something that booted is not signed or written as was demanded. */
  BOOT_REFERENCE("RFC 9334 §8.5"),
  /** Something that booted is revoked. */
  BOOT_REVOKED("UEFI 2.10 §32.5.3.3"),
  /** shim let older generations of a component run than was demanded, or it is not known. */
  BOOT_SBAT("shim SBAT.md");

  private final String clause;

  BootFinding(String clause) {
    this.clause = clause;
  }

  @Override
  public String clause() {
    return clause;
  }
}

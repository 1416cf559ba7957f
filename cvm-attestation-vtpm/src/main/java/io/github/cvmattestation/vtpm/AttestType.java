package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;

/** TPMI_ST_ATTEST: what a TPMS_ATTEST speaks of (TPM 2.0 Part 2, section 6.9). */
public enum AttestType {
  /** The contents of an NV index. */
  NV(0x8014),
  /** The command audit digest. */
  COMMAND_AUDIT(0x8015),
  /** A session's audit digest. */
  SESSION_AUDIT(0x8016),
  /** That an object with a certain Name is loaded. */
  CERTIFY(0x8017),
  /** PCR values: the only one that a quote may be. */
  QUOTE(0x8018),
  /** The TPM's time. */
  TIME(0x8019),
  /** That the TPM created an object. */
  CREATION(0x801A),
  /** A digest of an NV index. */
  NV_DIGEST(0x801C);

  private final int id;

  AttestType(int id) {
    this.id = id;
  }

  /** The TPM_ST. */
  public int id() {
    return id;
  }

  static AttestType read(ByteReader in) throws MalformedException {
    int id = in.u16("type");
    for (AttestType type : values()) {
      if (type.id == id) {
        return type;
      }
    }
    throw in.malformed("type", "a TPMI_ST_ATTEST", "0x%04x".formatted(id));
  }
}

package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.util.UUID;

/** EFI_GUID (UEFI 2.10, Appendix A): its first three fields are little-endian. */
final class EfiGuid {
  /** EFI_GLOBAL_VARIABLE (UEFI 2.10 §3.3). */
  static final UUID GLOBAL = UUID.fromString("8be4df61-93ca-11d2-aa0d-00e098032b8c");

  /** EFI_IMAGE_SECURITY_DATABASE_GUID (UEFI 2.10 §32.6.1). */
  static final UUID SECURITY_DATABASE = UUID.fromString("d719b2cb-3d3a-4596-a3bc-dad00e67656f");

  /** SHIM_LOCK_GUID: the vendor of shim's variables (shim, lib/guid.c). */
  static final UUID SHIM_LOCK = UUID.fromString("605dab50-e046-4300-abb6-3dd810dd8b23");

  private EfiGuid() {}

  static UUID read(ByteReader in, String field) throws MalformedException {
    long first = in.u32(field);
    long second = in.u16(field);
    long third = in.u16(field);
    long last = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      last = last << Byte.SIZE | in.u8(field);
    }
    return new UUID(first << 32 | second << 16 | third, last);
  }
}

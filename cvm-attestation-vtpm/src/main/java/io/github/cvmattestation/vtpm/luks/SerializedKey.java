package io.github.cvmattestation.vtpm.luks;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.vtpm.StorageParent;
import io.github.cvmattestation.vtpm.TpmtPublic;

/**
 * A key as {@code Esys_TR_Serialize} writes it, which is what {@code tpm2_srk} holds
 * (IESYS_RESOURCE in tpm2-tss, src/tss2-esys/esys_mu.c): handle, TPM2B_NAME, the kind of resource,
 * and for a key its TPM2B_PUBLIC. Big-endian.
 *
 * @param handle of one of the owner's persistent objects
 * @param name the key's Name when it was written
 */
record SerializedKey(int handle, Bytes name) {
  private static final int MAX_NAME = 66;
  private static final int MAX_AREA = 1024;

  /** IESYSC_KEY_RSRC. */
  private static final int KEY = 1;

  static SerializedKey read(Bytes serialized) throws MalformedException {
    ByteReader in = ByteReader.bigEndian("tpm2_srk", serialized);
    long handle = in.u32("handle");
    if (!StorageParent.Persistent.isOwners(handle)) {
      throw in.malformed("handle", "the owner's persistent object", "0x%08x".formatted(handle));
    }
    Bytes name = in.sized16("name", MAX_NAME);
    long kind = in.u32("rsrcType");
    if (kind != KEY) {
      throw in.malformed("rsrcType", "a key", String.valueOf(kind));
    }
    TpmtPublic area = TpmtPublic.parse(in.sized16("public", MAX_AREA));
    in.end();
    if (!area.name().equals(name)) {
      throw in.malformed("name", "that of the public area", name.abbreviated());
    }
    return new SerializedKey((int) handle, name);
  }
}

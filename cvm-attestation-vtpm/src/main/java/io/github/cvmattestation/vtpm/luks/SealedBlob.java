package io.github.cvmattestation.vtpm.luks;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.vtpm.TpmtPublic;

/**
 * What {@code tpm2-blob} is: TPM2B_PRIVATE, then TPM2B_PUBLIC.
 *
 * @param privateArea the content of TPM2B_PRIVATE
 * @param publicArea the content of TPM2B_PUBLIC
 */
record SealedBlob(Bytes privateArea, TpmtPublic publicArea) {
  /** No TPM's area is as long as a whole command. */
  private static final int MAX_AREA = 1024;

  static SealedBlob read(Bytes blob) throws MalformedException {
    ByteReader in = ByteReader.bigEndian("tpm2-blob", blob);
    Bytes privateArea = in.sized16("TPM2B_PRIVATE", MAX_AREA);
    Bytes publicArea = in.sized16("TPM2B_PUBLIC", MAX_AREA);
    in.end();
    return new SealedBlob(privateArea, TpmtPublic.parse(publicArea));
  }
}

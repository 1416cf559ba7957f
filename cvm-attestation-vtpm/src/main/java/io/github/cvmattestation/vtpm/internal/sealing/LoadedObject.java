package io.github.cvmattestation.vtpm.internal.sealing;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.vtpm.TpmtPublic;

/**
 * An object in the TPM. Closing flushes it, if it is transient.
 *
 * @param publicArea as the TPM stated it
 */
public record LoadedObject(SealingTpm tpm, int handle, TpmtPublic publicArea)
    implements AutoCloseable {
  private static final int TRANSIENT = 0x80;

  /** The Name, computed from the public area. */
  public Bytes name() {
    return publicArea.name();
  }

  @Override
  public void close() {
    if (handle >>> 24 == TRANSIENT) {
      tpm.flush(handle);
    }
  }
}

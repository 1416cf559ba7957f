package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.vtpm.internal.CommandChannel;
import java.util.Optional;

/** An object in the TPM. Closing flushes it if it is transient; a persistent one stays. */
public final class TpmObject implements AutoCloseable {
  private static final long TYPE = 0xFF000000L;
  private static final long TRANSIENT = 0x80000000L;

  private final CommandChannel channel;
  private final TpmHandle handle;
  private final TpmtPublic publicArea;
  private final Optional<TpmCreation> creation;
  private boolean closed;

  TpmObject(
      CommandChannel channel, long handle, TpmtPublic publicArea, Optional<TpmCreation> creation) {
    this.channel = channel;
    this.handle = new TpmHandle(handle, publicArea.name());
    this.publicArea = publicArea;
    this.creation = creation;
  }

  /** Its handle. */
  public TpmHandle handle() {
    if (closed) {
      throw new IllegalStateException("the object is closed");
    }
    return handle;
  }

  /** Its public area. */
  public TpmtPublic publicArea() {
    return publicArea;
  }

  /** How it was made, if TPM2_CreatePrimary has just made it. */
  public Optional<TpmCreation> creation() {
    return creation;
  }

  /** Its Name. */
  public Bytes name() {
    return handle.name();
  }

  /** Whether the handle is one of the TPM's memory that a restart forgets. */
  public boolean isTransient() {
    return (handle.value() & TYPE) == TRANSIENT;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (isTransient()) {
        channel.flush(handle.value());
      }
    }
  }
}

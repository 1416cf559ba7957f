package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.vtpm.internal.CommandCode;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.util.List;

/**
 * Non-volatile memory (TPM 2.0 Part 3, section 31). Anything may be read. Writing and undefining
 * are methods of {@link OwnedNvIndex}, which exists only for an index that was defined here, or by
 * an earlier run with the very same public area.
 */
public final class TpmNv {
  /** What every TPM can move at once, should it say less, or not say how much. */
  private static final int SMALLEST_BUFFER = 512;

  private static final int LARGEST_BUFFER = 2048;

  private final Tpm tpm;

  TpmNv(Tpm tpm) {
    this.tpm = tpm;
  }

  /** TPM2_NV_ReadPublic (Part 3, section 31.6). */
  public TpmsNvPublic readPublic(long nvIndex) {
    return tpm.run(
        CommandCode.NV_READ_PUBLIC,
        List.of(TpmHandle.permanent(nvIndex)),
        List.of(),
        new TpmWriter(),
        (none, in) -> {
          TpmsNvPublic area = TpmsNvPublic.read(in);
          if (area.nvIndex() != nvIndex
              || !Wire.readName(in, "nvName").equals(area.handle().name())) {
            throw in.malformed("nvPublic", "the index that was asked for, and its Name", "another");
          }
          return area;
        });
  }

  /** The whole of an index, read with the owner's empty authorisation from offset 0 on. */
  public Bytes read(long nvIndex) {
    TpmsNvPublic index = readPublic(nvIndex);
    return read(index, TpmHandle.OWNER, TpmAuth.empty(), 0, index.dataSize());
  }

  /**
   * TPM2_NV_Read (Part 3, section 31.13), in as many pieces as TPM_PT_NV_BUFFER_MAX demands. The
   * pieces are not of one moment: who needs that checks the content.
   *
   * @param authHandle the owner, or {@code index.handle()}
   */
  public Bytes read(TpmsNvPublic index, TpmHandle authHandle, TpmAuth auth, int offset, int size) {
    if (offset < 0 || size < 0 || offset > index.dataSize() - size) {
      throw new IllegalArgumentException(
          "bytes %d to %d of an index of %d".formatted(offset, offset + size, index.dataSize()));
    }
    int most = bufferMax();
    Bytes[] pieces = new Bytes[(size + most - 1) / most];
    for (int i = 0; i < pieces.length; i++) {
      int at = i * most;
      pieces[i] = readPiece(index, authHandle, auth, offset + at, Math.min(most, size - at));
    }
    return Bytes.empty().concat(pieces);
  }

  private Bytes readPiece(
      TpmsNvPublic index, TpmHandle authHandle, TpmAuth auth, int offset, int size) {
    return tpm.run(
        CommandCode.NV_READ,
        List.of(authHandle, index.handle()),
        List.of(auth),
        new TpmWriter().u16(size).u16(offset),
        (none, in) -> {
          Bytes data = in.sized16("data", size);
          if (data.size() != size) {
            throw in.malformed("data", size + " bytes", data.size() + " bytes");
          }
          return data;
        });
  }

  /**
   * TPM2_NV_DefineSpace by the owner (Part 3, section 31.3).
   *
   * @param authValue the index's authorisation value; stays the caller's
   * @throws TpmException TPM_RC_NV_DEFINED if there is anything at this index already
   */
  public OwnedNvIndex define(TpmsNvPublic wanted, TpmAuth owner, byte[] authValue) {
    requireOrdinary(wanted);
    TpmWriter out = new TpmWriter().sized(authValue).sized(wanted.encoded());
    tpm.run(
        CommandCode.NV_DEFINE_SPACE,
        List.of(TpmHandle.OWNER),
        List.of(owner),
        out,
        (none, in) -> "defined");
    return new OwnedNvIndex(tpm, wanted);
  }

  /**
   * The index as an earlier run has defined it, or newly defined.
   *
   * @throws AttestationException.Configuration if it is defined with another public area, and so by
   *     somebody else
   */
  public OwnedNvIndex defineOrAdopt(TpmsNvPublic wanted, TpmAuth owner, byte[] authValue) {
    requireOrdinary(wanted);
    try {
      return adopt(wanted);
    } catch (TpmException e) {
      if (!e.code().isUndefinedHandle()) {
        throw e;
      }
      return define(wanted, owner, authValue);
    }
  }

  /**
   * An index that the caller names as its own, by all of its public area.
   *
   * @throws AttestationException.Configuration if it is defined with another public area
   */
  public OwnedNvIndex adopt(TpmsNvPublic mine) {
    requireOrdinary(mine);
    TpmsNvPublic found = readPublic(mine.nvIndex());
    if (!found.asDefined().equals(mine)) {
      throw new AttestationException.Configuration(
          "NV index 0x%08x is defined with another public area".formatted(mine.nvIndex()),
          "it is not this program's: choose another index");
    }
    return new OwnedNvIndex(tpm, found);
  }

  int bufferMax() {
    long max = tpm.capabilities().property(TpmCapabilities.NV_BUFFER_MAX).orElse(SMALLEST_BUFFER);
    // A TPM that takes one byte at a time would be asked 65535 times.
    return (int) Math.max(SMALLEST_BUFFER, Math.min(max, LARGEST_BUFFER));
  }

  private static void requireOrdinary(TpmsNvPublic area) {
    if (area.has(NvAttribute.PLATFORMCREATE) || area.has(NvAttribute.WRITTEN)) {
      throw new IllegalArgumentException(
          "an index of the owner, as it is before its first write: " + area.attributes());
    }
  }
}

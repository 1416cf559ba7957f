package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.vtpm.internal.CommandCode;
import io.github.cvmattestation.vtpm.internal.TpmWriter;
import java.util.List;

/** An NV index that this SDK defined: the only kind that it writes or undefines. */
public final class OwnedNvIndex {
  private final Tpm tpm;
  private TpmsNvPublic area;

  OwnedNvIndex(Tpm tpm, TpmsNvPublic area) {
    this.tpm = tpm;
    this.area = area;
  }

  /** The public area as it was last seen. */
  public TpmsNvPublic area() {
    return area;
  }

  /**
   * TPM2_NV_Write (Part 3, section 31.7), in as many pieces as TPM_PT_NV_BUFFER_MAX demands.
   *
   * <p>The first write gives the index another Name. Before it {@link #area} is without WRITTEN,
   * afterwards it is read again; {@code authHandle} stays as it is. Of a handle of this index only
   * the value counts: the Name is always that of {@link #area}.
   *
   * @param authHandle the owner, or {@code area().handle()}, also one from before the first write
   * @param offset of the first byte of {@code data} in the index
   * @throws IllegalArgumentException if {@code data} does not fit; nothing has been written then
   * @throws AttestationException.Device if the index was defined anew meanwhile
   * @throws TpmException as the TPM refuses; earlier pieces stay written
   */
  public void write(TpmHandle authHandle, TpmAuth auth, int offset, Bytes data) {
    if (offset < 0 || offset > area.dataSize() - data.size()) {
      throw new IllegalArgumentException(
          "%d bytes at %d of an index of %d".formatted(data.size(), offset, area.dataSize()));
    }
    int most = tpm.nv().bufferMax();
    for (int at = 0; at < data.size(); at += most) {
      Bytes piece = data.slice(at, Math.min(at + most, data.size()));
      boolean byIndex = authHandle.value() == area.nvIndex();
      tpm.run(
          CommandCode.NV_WRITE,
          List.of(byIndex ? area.handle() : authHandle, area.handle()),
          List.of(auth),
          new TpmWriter().sized(piece).u16(offset + at),
          (none, in) -> "written");
      refresh();
    }
  }

  /** TPM2_NV_UndefineSpace by the owner (Part 3, section 31.4). */
  public void undefine(TpmAuth owner) {
    tpm.run(
        CommandCode.NV_UNDEFINE_SPACE,
        List.of(TpmHandle.OWNER, area.handle()),
        List.of(owner),
        new TpmWriter(),
        (none, in) -> "undefined");
  }

  /** The first write sets WRITTEN, and with it another Name. */
  private void refresh() {
    if (!area.has(NvAttribute.WRITTEN)) {
      TpmsNvPublic now = tpm.nv().readPublic(area.nvIndex());
      if (!now.asDefined().equals(area.asDefined())) {
        throw new AttestationException.Device(
            "TPM2_NV_ReadPublic finds index 0x%08x defined anew while it was written"
                .formatted(area.nvIndex()),
            "find out which program uses the same index");
      }
      area = now;
    }
  }
}

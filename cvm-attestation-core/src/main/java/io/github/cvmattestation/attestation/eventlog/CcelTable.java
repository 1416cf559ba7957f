package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.nio.charset.StandardCharsets;

/**
 * The ACPI table that says where a confidential guest keeps its event log (CC Event Log ACPI Table,
 * ACPI 6.5 §5.2.34). The hypervisor writes it and nothing signs it: good for looking at, not for
 * deciding anything.
 *
 * @param ccType the technology
 * @param ccSubtype a number that the technology defines, 0 to 255
 * @param logLength the size of the memory area that holds the log, in bytes, unsigned 64 bits
 * @param logAddress the area's physical address, unsigned 64 bits
 */
public record CcelTable(CcType ccType, int ccSubtype, long logLength, long logAddress) {
  /** The table's size in bytes. */
  public static final int SIZE = 56;

  private static final Bytes SIGNATURE = Bytes.of("CCEL".getBytes(StandardCharsets.US_ASCII));
  private static final int REVISION = 1;

  /** OEMID, OEM Table ID, OEM Revision, Creator ID and Creator Revision (ACPI 6.5 §5.2.6). */
  private static final int NAMES = 6 + 8 + 4 + 4 + 4;

  /** CC Type (UEFI 2.10 §38.2.2, EFI_CC_TYPE). */
  public enum CcType {
    /** No confidential computing. */
    NONE,
    /** AMD SEV. */
    SEV,
    /** Intel TDX. */
    TDX
  }

  /**
   * Reads a table.
   *
   * @throws MalformedException if it is not exactly one CCEL table of 56 bytes, revision 1, with a
   *     right checksum and a known technology
   */
  public static CcelTable parse(Bytes table) throws MalformedException {
    ByteReader in = ByteReader.littleEndian("CCEL", table);
    if (!in.bytes("Signature", SIGNATURE.size()).equals(SIGNATURE)) {
      throw in.malformed("Signature", "CCEL", "another");
    }
    long length = in.u32("Length");
    if (length != SIZE) {
      throw in.malformed("Length", SIZE + " bytes", length + " bytes");
    }
    int revision = in.u8("Revision");
    if (revision != REVISION) {
      throw in.malformed("Revision", Integer.toString(REVISION), Integer.toString(revision));
    }
    in.u8("Checksum");
    in.bytes("OEMID to Creator Revision", NAMES);
    int type = in.u8("CC Type");
    if (type >= CcType.values().length) {
      throw in.malformed("CC Type", "SEV or TDX", Integer.toString(type));
    }
    int subtype = in.u8("CC Subtype");
    in.reserved(2);
    CcelTable read =
        new CcelTable(
            CcType.values()[type],
            subtype,
            in.u64("Log Area Minimum Length"),
            in.u64("Log Area Start Address"));
    in.end();
    requireChecksum(in, table);
    return read;
  }

  /** All bytes of a table add up to zero (ACPI 6.5 §5.2.6). */
  private static void requireChecksum(ByteReader in, Bytes table) throws MalformedException {
    int sum = 0;
    for (int i = 0; i < table.size(); i++) {
      sum += table.get(i);
    }
    if ((sum & 0xFF) != 0) {
      throw in.malformed("Checksum", "bytes that add up to zero", "a sum of " + (sum & 0xFF));
    }
  }
}

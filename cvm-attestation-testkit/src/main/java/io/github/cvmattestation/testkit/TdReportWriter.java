package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ReportData;
import org.jspecify.annotations.Nullable;

/**
 * Writes a TDREPORT, 1024 bytes, little-endian: what the TDX module hands to a TD, with hashes over
 * its two parts and a MAC that only the same machine can check (Intel 348551, TDREPORT_STRUCT).
 *
 * <p>It begins as that of a healthy production TD under a TDX module of 1.5; {@link
 * TdQuoteWriter#of} makes the quote that agrees with it.
 */
public final class TdReportWriter {
  /** Size of a TDREPORT in bytes. */
  public static final int SIZE = 1024;

  private static final int TEE_TCB_INFO = 256;
  private static final int TEE_TCB_INFO_END = 495;
  private static final int TD_INFO = 512;
  private static final long VALID_1_0 = 0x1FF;
  private static final long VALID_1_5 = 0x301FF;

  private final FieldBuffer report = new FieldBuffer(SIZE);
  private @Nullable Bytes teeTcbInfoHash;
  private @Nullable Bytes tdInfoHash;

  private TdReportWriter() {}

  /** The TDREPORT of a healthy TD under a TDX module of 1.5. */
  public static TdReportWriter tdx15() {
    Bytes svn = Bytes.ofHex("06010300000000000000000000000000");
    return tdx10().valid(VALID_1_5).teeTcbSvn(svn).teeTcbSvn2(svn);
  }

  /** The TDREPORT of a healthy TD under a TDX module of 1.0. */
  public static TdReportWriter tdx10() {
    return new TdReportWriter()
        .type(0x81, 0, 0)
        .cpuSvn(Bytes.ofHex("0404191b04ff00060000000000000000"))
        .mac(Hashes.digest("SHA-256", "TDREPORT MAC"))
        .valid(VALID_1_0)
        .teeTcbSvn(Bytes.ofHex("05000300000000000000000000000000"))
        .mrSeam(Hashes.digest("SHA-384", "TDX module"))
        .tdAttributes(1L << 28)
        .xfam(0x602E7)
        .mrTd(Hashes.digest("SHA-384", "MRTD"));
  }

  /** Sets type (0x81 TDX), subtype and version (1 where a hash of service TDs is valid). */
  public TdReportWriter type(int type, int subtype, int version) {
    return number(0, 1, type).number(1, 1, subtype).number(2, 1, version);
  }

  /** Sets CPUSVN, 16 bytes. */
  public TdReportWriter cpuSvn(Bytes value) {
    return bytes(16, 16, value);
  }

  /** Sets the hash over TEE_TCB_INFO, 48 bytes, instead of the true one. */
  public TdReportWriter teeTcbInfoHash(Bytes value) {
    teeTcbInfoHash = value;
    return this;
  }

  /** Sets the hash over TDINFO, 48 bytes, instead of the true one. */
  public TdReportWriter tdInfoHash(Bytes value) {
    tdInfoHash = value;
    return this;
  }

  /** Sets REPORTDATA. */
  public TdReportWriter reportData(ReportData value) {
    return bytes(128, 64, value.value());
  }

  /** Sets MAC, 32 bytes; whatever it is, no verifier afar can tell. */
  public TdReportWriter mac(Bytes value) {
    return bytes(224, 32, value);
  }

  /** Sets TEE_TCB_INFO.VALID: 0x1FF under 1.0, 0x301FF under 1.5. */
  public TdReportWriter valid(long value) {
    return number(256, 8, value);
  }

  /** Sets TEE_TCB_SVN, 16 bytes: at the launch of the TD. */
  public TdReportWriter teeTcbSvn(Bytes value) {
    return bytes(264, 16, value);
  }

  /** Sets MRSEAM, 48 bytes. */
  public TdReportWriter mrSeam(Bytes value) {
    return bytes(280, 48, value);
  }

  /** Sets MRSIGNERSEAM, 48 bytes. */
  public TdReportWriter mrSignerSeam(Bytes value) {
    return bytes(328, 48, value);
  }

  /** Sets the TDX module's ATTRIBUTES, 64 bits. */
  public TdReportWriter seamAttributes(long value) {
    return number(376, 8, value);
  }

  /** Sets TEE_TCB_SVN2, 16 bytes: now. TDX 1.5. */
  public TdReportWriter teeTcbSvn2(Bytes value) {
    return bytes(384, 16, value);
  }

  /** Sets the TD's ATTRIBUTES, 64 bits; bit 0 is DEBUG. */
  public TdReportWriter tdAttributes(long value) {
    return number(512, 8, value);
  }

  /** Sets XFAM, 64 bits. */
  public TdReportWriter xfam(long value) {
    return number(520, 8, value);
  }

  /** Sets MRTD, 48 bytes. */
  public TdReportWriter mrTd(Bytes value) {
    return bytes(528, 48, value);
  }

  /** Sets MRCONFIGID, 48 bytes. */
  public TdReportWriter mrConfigId(Bytes value) {
    return bytes(576, 48, value);
  }

  /** Sets MROWNER, 48 bytes. */
  public TdReportWriter mrOwner(Bytes value) {
    return bytes(624, 48, value);
  }

  /** Sets MROWNERCONFIG, 48 bytes. */
  public TdReportWriter mrOwnerConfig(Bytes value) {
    return bytes(672, 48, value);
  }

  /** Sets an RTMR, 48 bytes; {@code index} from 0 to 3. */
  public TdReportWriter rtmr(int index, Bytes value) {
    return bytes(720 + 48 * index, 48, value);
  }

  /** Sets SERVTD_HASH, 48 bytes; the version that says so is set with {@link #type}. */
  public TdReportWriter serviceTdHash(Bytes value) {
    return bytes(912, 48, value);
  }

  /** Sets TD_ID, 32 bytes. */
  public TdReportWriter tdId(Bytes value) {
    return bytes(960, 32, value);
  }

  /** Sets VMID, 8 bits. */
  public TdReportWriter vmId(int value) {
    return number(1016, 1, value);
  }

  /** Sets TDINFO's own valid bits: 0 service TDs, 8 TD_ID, 9 VMID. */
  public TdReportWriter tdInfoValid(long value) {
    return number(1020, 4, value);
  }

  /** Overwrites bytes anywhere; the hashes over the two parts follow. */
  public TdReportWriter patch(int offset, Bytes value) {
    return bytes(offset, value.size(), value);
  }

  /** The TDREPORT. */
  public Bytes write() {
    Bytes tcbInfo = report.slice(TEE_TCB_INFO, TEE_TCB_INFO_END);
    Bytes tdInfo = report.slice(TD_INFO, SIZE);
    return report
        .slice(0, 32)
        .concat(
            teeTcbInfoHash != null ? teeTcbInfoHash : Hashes.digest("SHA-384", tcbInfo),
            tdInfoHash != null ? tdInfoHash : Hashes.digest("SHA-384", tdInfo),
            report.slice(128, SIZE));
  }

  private TdReportWriter bytes(int offset, int size, Bytes value) {
    report.bytes(offset, size, value);
    return this;
  }

  private TdReportWriter number(int offset, int size, long value) {
    report.number(offset, size, value);
    return this;
  }
}

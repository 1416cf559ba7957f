package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.attestation.internal.Digests;
import java.util.List;
import java.util.Optional;

/**
 * TDREPORT_STRUCT: what a TD gets from the TDX module, and what a quoting enclave makes a quote
 * from (Intel TDX Module v1.5 ABI specification, tables 3.29 to 3.34): 1024 bytes, little-endian.
 *
 * <p>Its MAC can be checked on the same platform alone. To anybody else a TDREPORT proves nothing:
 * believe the quote, and hold the report against it with {@link #firstDifference}.
 *
 * @param raw all 1024 bytes as received
 * @param version REPORTTYPE.VERSION: 0, 1 (SERVTD_HASH is in use) or 3 (TDINFO's extension is)
 * @param cpuSvn CPUSVN, 16 bytes
 * @param teeTcbInfoHash TEE_TCB_INFO_HASH, 48 bytes
 * @param tdInfoHash TEE_INFO_HASH, 48 bytes
 * @param reportData REPORTDATA, 64 bytes that the TD chose
 * @param mac MAC, 32 bytes
 * @param teeTcbInfo the TDX module
 * @param tdInfo the TD
 */
public record TdReport(
    Bytes raw,
    int version,
    Bytes cpuSvn,
    Bytes teeTcbInfoHash,
    Bytes tdInfoHash,
    Bytes reportData,
    Bytes mac,
    TeeTcbInfo teeTcbInfo,
    TdInfo tdInfo) {
  /** The size in bytes. */
  public static final int SIZE = 1024;

  private static final String NAME = "TDREPORT_STRUCT";
  private static final int TYPE_TDX = 0x81;
  private static final int SERVTD_SINCE = 1;
  private static final int EXTENDED = 3;
  private static final int TEE_TCB_INFO_OFFSET = 256;
  private static final int TEE_TCB_INFO_SIZE = 239;
  private static final int TDINFO_OFFSET = 512;
  private static final int EXTENSION_SIZE = 64;

  /**
   * TEE_TCB_INFO: the TDX module (Intel TDX Module v1.5 ABI specification, TEE_TCB_INFO).
   *
   * @param valid VALID, 8 bytes: which fields are; 1FFh in TDX 1.0, 301FFh from 1.5 on
   * @param teeTcbSvn TEE_TCB_SVN at the TD's launch, 16 bytes
   * @param mrSeam MRSEAM, 48 bytes
   * @param mrSignerSeam MRSIGNERSEAM, 48 bytes
   * @param attributes ATTRIBUTES of the module, 8 bytes
   * @param teeTcbSvn2 TEE_TCB_SVN2 of now, 16 bytes; zero in TDX 1.0
   */
  public record TeeTcbInfo(
      Bytes valid,
      Bytes teeTcbSvn,
      Bytes mrSeam,
      Bytes mrSignerSeam,
      Bytes attributes,
      Bytes teeTcbSvn2) {}

  /**
   * TDINFO_STRUCT: the TD (Intel TDX Module v1.5 ABI specification, tables 3.33 and 3.34).
   *
   * @param attributes ATTRIBUTES
   * @param xfam XFAM
   * @param mrTd MRTD, 48 bytes
   * @param mrConfigId MRCONFIGID, 48 bytes
   * @param mrOwner MROWNER, 48 bytes
   * @param mrOwnerConfig MROWNERCONFIG, 48 bytes
   * @param rtmrs RTMR0 to RTMR3, 48 bytes each
   * @param serviceTdHash SERVTD_HASH, 48 bytes; zero in version 0
   * @param extension what version 3 adds
   */
  public record TdInfo(
      TdAttributes attributes,
      Xfam xfam,
      Bytes mrTd,
      Bytes mrConfigId,
      Bytes mrOwner,
      Bytes mrOwnerConfig,
      List<Bytes> rtmrs,
      Bytes serviceTdHash,
      Optional<Extension> extension) {
    public TdInfo {
      rtmrs = TdQuoteBody.requireRtmrs(rtmrs);
    }
  }

  /**
   * What version 3 adds to TDINFO ({@code tee_info_v1_5_ex_t} of Intel's {@code sgx_quote_5.h}).
   *
   * @param tdId TD_ID, 32 bytes
   * @param vmId VMID: the partition that asked
   * @param valid VALID, 32 bits: bit 0 SERVTD_HASH, bit 8 TD_ID, bit 9 VMID
   */
  public record Extension(Bytes tdId, int vmId, long valid) {}

  /** Reads exactly 1024 bytes; every reserved byte must be zero. */
  public static TdReport parse(Bytes raw) throws MalformedException {
    if (raw.size() != SIZE) {
      throw new MalformedException(NAME, SIZE + " bytes", raw.size() + " bytes");
    }
    ByteReader in = ByteReader.littleEndian(NAME, raw);
    int version = readType(in);
    in.reserved(12);
    Bytes cpuSvn = in.bytes("CPUSVN", 16);
    Bytes teeTcbInfoHash = in.bytes("TEE_TCB_INFO_HASH", TdQuoteBody.MEASUREMENT_SIZE);
    Bytes tdInfoHash = in.bytes("TEE_INFO_HASH", TdQuoteBody.MEASUREMENT_SIZE);
    Bytes reportData = in.bytes("REPORTDATA", TdQuoteBody.REPORT_DATA_SIZE);
    in.reserved(32);
    Bytes mac = in.bytes("MAC", 32);
    TeeTcbInfo teeTcbInfo = readTeeTcbInfo(in);
    in.reserved(17);
    TdInfo tdInfo = readTdInfo(in, version);
    in.end();
    return new TdReport(
        raw, version, cpuSvn, teeTcbInfoHash, tdInfoHash, reportData, mac, teeTcbInfo, tdInfo);
  }

  /**
   * The name of the first of the two hashes that is not the one of what it covers:
   * TEE_TCB_INFO_HASH or TEE_INFO_HASH, both SHA-384. A check of consistency only: whoever makes a
   * report up makes its hashes up with it.
   */
  public Optional<String> wrongHash() {
    Bytes teeTcb = raw.slice(TEE_TCB_INFO_OFFSET, TEE_TCB_INFO_OFFSET + TEE_TCB_INFO_SIZE);
    if (!Digests.sha384(teeTcb).equals(teeTcbInfoHash)) {
      return Optional.of("TEE_TCB_INFO_HASH");
    }
    return Digests.sha384(raw.slice(TDINFO_OFFSET, SIZE)).equals(tdInfoHash)
        ? Optional.empty()
        : Optional.of("TEE_INFO_HASH");
  }

  /** A field in which a report and a quote differ. */
  public record Difference(String field, Bytes inReport, Bytes inQuote) {}

  /** Whether {@code quote} may have been made from this report. */
  public boolean agreesWith(TdQuoteBody quote) {
    return firstDifference(quote).isEmpty();
  }

  /**
   * The first field in which a quote is not what this report says, in the order of the quote. Every
   * field is compared that both have; CPUSVN and the report's own protection are not in a quote.
   */
  public Optional<Difference> firstDifference(TdQuoteBody quote) {
    return ReportComparison.firstDifference(this, quote);
  }

  /** REPORTTYPE (table 3.32): type, subtype, version. */
  private static int readType(ByteReader in) throws MalformedException {
    int type = in.u8("REPORTTYPE.TYPE");
    if (type != TYPE_TDX) {
      throw in.malformed("REPORTTYPE.TYPE", "81h, TDX", "%02xh".formatted(type));
    }
    int subtype = in.u8("REPORTTYPE.SUBTYPE");
    if (subtype != 0) {
      throw in.malformed("REPORTTYPE.SUBTYPE", "0", Integer.toString(subtype));
    }
    int version = in.u8("REPORTTYPE.VERSION");
    if (version != 0 && version != SERVTD_SINCE && version != EXTENDED) {
      throw in.malformed("REPORTTYPE.VERSION", "0, 1 or 3", Integer.toString(version));
    }
    in.reserved(1);
    return version;
  }

  private static TeeTcbInfo readTeeTcbInfo(ByteReader in) throws MalformedException {
    TeeTcbInfo info =
        new TeeTcbInfo(
            in.bytes("VALID", 8),
            in.bytes("TEE_TCB_SVN", TdQuoteBody.TEE_TCB_SVN_SIZE),
            in.bytes("MRSEAM", TdQuoteBody.MEASUREMENT_SIZE),
            in.bytes("MRSIGNERSEAM", TdQuoteBody.MEASUREMENT_SIZE),
            in.bytes("ATTRIBUTES", 8),
            in.bytes("TEE_TCB_SVN2", TdQuoteBody.TEE_TCB_SVN_SIZE));
    in.reserved(95);
    return info;
  }

  private static TdInfo readTdInfo(ByteReader in, int version) throws MalformedException {
    TdAttributes attributes = new TdAttributes(in.u64("ATTRIBUTES"));
    Xfam xfam = new Xfam(in.u64("XFAM"));
    Bytes mrTd = in.bytes("MRTD", TdQuoteBody.MEASUREMENT_SIZE);
    Bytes mrConfigId = in.bytes("MRCONFIGID", TdQuoteBody.MEASUREMENT_SIZE);
    Bytes mrOwner = in.bytes("MROWNER", TdQuoteBody.MEASUREMENT_SIZE);
    Bytes mrOwnerConfig = in.bytes("MROWNERCONFIG", TdQuoteBody.MEASUREMENT_SIZE);
    List<Bytes> rtmrs = TdQuoteBody.readRtmrs(in);
    Bytes serviceTdHash = in.bytes("SERVTD_HASH", TdQuoteBody.MEASUREMENT_SIZE);
    if (version < SERVTD_SINCE && !serviceTdHash.isZero()) {
      throw in.malformed("SERVTD_HASH", "zeros in version 0", "other");
    }
    return new TdInfo(
        attributes,
        xfam,
        mrTd,
        mrConfigId,
        mrOwner,
        mrOwnerConfig,
        rtmrs,
        serviceTdHash,
        readExtension(in, version));
  }

  private static Optional<Extension> readExtension(ByteReader in, int version)
      throws MalformedException {
    if (version != EXTENDED) {
      in.reserved(EXTENSION_SIZE);
      return Optional.empty();
    }
    Bytes tdId = in.bytes("TD_ID", 32);
    in.reserved(24);
    int vmId = in.u8("VMID");
    in.reserved(3);
    return Optional.of(new Extension(tdId, vmId, in.u32("VALID")));
  }
}

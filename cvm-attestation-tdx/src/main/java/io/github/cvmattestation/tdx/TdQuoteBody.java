package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * TD Quote Body: what runs in the TD and under which TDX module (Intel TDX DCAP Quoting Library
 * API, §A.3.2 for TDX 1.0, §A.4.4 for TDX 1.5; {@code sgx_report2_body_v1_5_ex_t} of Intel's {@code
 * sgx_quote_5.h} for the extended form). 584, 648 or 885 bytes, little-endian, all of them signed.
 *
 * <p>A parsed body is not a believed one: claims come from {@link TdxVerifier} alone.
 *
 * @param teeTcbSvn TEE_TCB_SVN at the launch of the TD, 16 bytes: [0] SVN and [1] major version of
 *     the TDX module, [2] SVN of the last patch loaded, then of the platform
 * @param mrSeam MRSEAM, 48 bytes: SHA-384 of the TDX module
 * @param mrSignerSeam MRSIGNERSEAM, 48 bytes: its signer; zero for Intel's own
 * @param seamAttributes SEAMATTRIBUTES, 8 bytes; zero for Intel's own
 * @param attributes TDATTRIBUTES
 * @param xfam XFAM
 * @param mrTd MRTD, 48 bytes: SHA-384 of the TD's initial content
 * @param mrConfigId MRCONFIGID, 48 bytes that the host chose at launch
 * @param mrOwner MROWNER, 48 bytes that the host chose at launch
 * @param mrOwnerConfig MROWNERCONFIG, 48 bytes that the host chose at launch
 * @param rtmrs RTMR0 to RTMR3, 48 bytes each: measurements that the TD extends as it runs
 * @param reportData REPORTDATA, 64 bytes that the TD chose
 * @param td15 what TDX 1.5 adds
 * @param td15Ex what the extended form adds; only where {@code td15} is
 */
public record TdQuoteBody(
    Bytes teeTcbSvn,
    Bytes mrSeam,
    Bytes mrSignerSeam,
    Bytes seamAttributes,
    TdAttributes attributes,
    Xfam xfam,
    Bytes mrTd,
    Bytes mrConfigId,
    Bytes mrOwner,
    Bytes mrOwnerConfig,
    List<Bytes> rtmrs,
    Bytes reportData,
    Optional<Td15> td15,
    Optional<Td15Ex> td15Ex) {
  /** The size for TDX 1.0 in bytes. */
  public static final int SIZE_TD10 = 584;

  /** The size for TDX 1.5 in bytes. */
  public static final int SIZE_TD15 = 648;

  /** The size of the extended form for TDX 1.5 in bytes. */
  public static final int SIZE_TD15_EX = 885;

  /** How many RTMRs there are. */
  public static final int RTMRS = 4;

  /** The size of TEE_TCB_SVN in bytes. */
  public static final int TEE_TCB_SVN_SIZE = 16;

  /** The size of a measurement, SHA-384, in bytes. */
  public static final int MEASUREMENT_SIZE = 48;

  /** The size of REPORTDATA in bytes. */
  public static final int REPORT_DATA_SIZE = 64;

  private static final String NAME = "TD Quote Body";

  public TdQuoteBody {
    rtmrs = requireRtmrs(rtmrs);
    if (td15Ex.isPresent() && td15.isEmpty()) {
      throw new IllegalArgumentException("the extended form has what TDX 1.5 adds");
    }
  }

  /**
   * What TDX 1.5 adds (§A.4.4).
   *
   * @param teeTcbSvn2 TEE_TCB_SVN_2, 16 bytes: the same as TEE_TCB_SVN, of the TDX module that runs
   *     now; it differs after an update that preserved the TD
   * @param mrServiceTd MRSERVICETD, 48 bytes: the service TDs that are bound; zero without any
   */
  public record Td15(Bytes teeTcbSvn2, Bytes mrServiceTd) {}

  /**
   * What the extended form adds: where the TD came from ({@code sgx_report2_body_v1_5_ex_t}).
   *
   * @param vmId VMID: the partition that asked, 0 for the TD itself
   * @param tdId TD_ID, 32 bytes: the TD from its launch on, also after migration
   * @param deviceInfo DEVINFO, 48 bytes: digest of the devices' information
   * @param initialServiceTdHash INIT_SERVTD_HASH, 48 bytes: the first service TD
   * @param initialServiceTdAttributes INIT_SERVTD_ATTR, 8 bytes
   * @param initialCpuSvn INIT_CPUSVN, 16 bytes: of the platform where the TD was launched
   * @param initialTeeTcbSvn INIT_TEE_TCB_SVN, 16 bytes: of the module that launched it
   * @param initialFmspc INIT_TEE_FMSPC, 12 bytes
   * @param currentServiceTdHash CURR_SERVTD_HASH, 48 bytes: the service TD of now
   * @param currentServiceTdAttributes CURR_SERVTD_ATTR, 8 bytes
   */
  public record Td15Ex(
      int vmId,
      Bytes tdId,
      Bytes deviceInfo,
      Bytes initialServiceTdHash,
      Bytes initialServiceTdAttributes,
      Bytes initialCpuSvn,
      Bytes initialTeeTcbSvn,
      Bytes initialFmspc,
      Bytes currentServiceTdHash,
      Bytes currentServiceTdAttributes) {}

  /** Reads a body of exactly 584, 648 or 885 bytes: the size tells which. */
  public static TdQuoteBody parse(Bytes raw) throws MalformedException {
    boolean isEx = raw.size() == SIZE_TD15_EX;
    boolean is15 = isEx || raw.size() == SIZE_TD15;
    if (!is15 && raw.size() != SIZE_TD10) {
      throw new MalformedException(NAME, "584, 648 or 885 bytes", raw.size() + " bytes");
    }
    ByteReader in = ByteReader.littleEndian(NAME, raw);
    Bytes teeTcbSvn = in.bytes("TEE_TCB_SVN", TEE_TCB_SVN_SIZE);
    Bytes mrSeam = in.bytes("MRSEAM", MEASUREMENT_SIZE);
    Bytes mrSignerSeam = in.bytes("MRSIGNERSEAM", MEASUREMENT_SIZE);
    Bytes seamAttributes = in.bytes("SEAMATTRIBUTES", 8);
    TdAttributes attributes = new TdAttributes(in.u64("TDATTRIBUTES"));
    Xfam xfam = new Xfam(in.u64("XFAM"));
    Bytes mrTd = in.bytes("MRTD", MEASUREMENT_SIZE);
    Bytes mrConfigId = in.bytes("MRCONFIGID", MEASUREMENT_SIZE);
    Bytes mrOwner = in.bytes("MROWNER", MEASUREMENT_SIZE);
    Bytes mrOwnerConfig = in.bytes("MROWNERCONFIG", MEASUREMENT_SIZE);
    List<Bytes> rtmrs = readRtmrs(in);
    Bytes reportData = in.bytes("REPORTDATA", REPORT_DATA_SIZE);
    Optional<Td15> td15 = is15 ? Optional.of(readTd15(in)) : Optional.empty();
    Optional<Td15Ex> td15Ex = isEx ? Optional.of(readTd15Ex(in)) : Optional.empty();
    in.end();
    return new TdQuoteBody(
        teeTcbSvn,
        mrSeam,
        mrSignerSeam,
        seamAttributes,
        attributes,
        xfam,
        mrTd,
        mrConfigId,
        mrOwner,
        mrOwnerConfig,
        rtmrs,
        reportData,
        td15,
        td15Ex);
  }

  /** A copy of {@code rtmrs}, of which there are four. */
  static List<Bytes> requireRtmrs(List<Bytes> rtmrs) {
    if (rtmrs.size() != RTMRS) {
      throw new IllegalArgumentException(RTMRS + " RTMRs");
    }
    return List.copyOf(rtmrs);
  }

  /** RTMR0 to RTMR3, 48 bytes each, as they stand in a quote and in a TDREPORT. */
  static List<Bytes> readRtmrs(ByteReader in) throws MalformedException {
    List<Bytes> rtmrs = new ArrayList<>(RTMRS);
    for (int i = 0; i < RTMRS; i++) {
      rtmrs.add(in.bytes("RTMR" + i, MEASUREMENT_SIZE));
    }
    return rtmrs;
  }

  private static Td15 readTd15(ByteReader in) throws MalformedException {
    return new Td15(
        in.bytes("TEE_TCB_SVN_2", TEE_TCB_SVN_SIZE), in.bytes("MRSERVICETD", MEASUREMENT_SIZE));
  }

  private static Td15Ex readTd15Ex(ByteReader in) throws MalformedException {
    return new Td15Ex(
        in.u8("VMID"),
        in.bytes("TD_ID", 32),
        in.bytes("DEVINFO", MEASUREMENT_SIZE),
        in.bytes("INIT_SERVTD_HASH", MEASUREMENT_SIZE),
        in.bytes("INIT_SERVTD_ATTR", 8),
        in.bytes("INIT_CPUSVN", 16),
        in.bytes("INIT_TEE_TCB_SVN", TEE_TCB_SVN_SIZE),
        in.bytes("INIT_TEE_FMSPC", 12),
        in.bytes("CURR_SERVTD_HASH", MEASUREMENT_SIZE),
        in.bytes("CURR_SERVTD_ATTR", 8));
  }
}

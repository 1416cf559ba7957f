package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ReportData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes what an Azure guest reads from NV index 0x01400001: a header, the hardware report, and the
 * runtime claims that the report's REPORT_DATA is a hash of; little-endian (layout as in OpenHCL's
 * {@code ATTESTATION_REPORT}, openvmm {@code openhcl_attestation_protocol}).
 *
 * <p>Sizes follow from the claims unless they are set to something else.
 */
public final class HclReportWriter {
  /** Where the hardware report begins. */
  public static final int HARDWARE_REPORT_OFFSET = 32;

  /** Room for the hardware report: 1184 bytes. */
  public static final int HARDWARE_REPORT_SIZE = 1184;

  /** Where the runtime claims begin. */
  public static final int CLAIMS_OFFSET = 1236;

  /** Usual size of the NV index. */
  public static final int USUAL_SIZE = 2600;

  private static final int RUNTIME_HEADER_SIZE = 20;
  private static final int TD_REPORT_SIZE = 1024;
  private static final int TD_REPORT_DATA_OFFSET = 128;

  private final Bytes claims;
  private long version = 2;
  private long requestType = 2;
  private long status;
  private Bytes reserved = Bytes.zeros(12);
  private long runtimeVersion = 1;
  private long reportType;
  private long hashType = 1;
  private long declaredHashType = 1;
  private long reportSize;
  private long dataSize;
  private long claimsSize;
  private int size = USUAL_SIZE;
  private final List<Patch> patches = new ArrayList<>();

  private record Patch(int offset, Bytes value) {}

  private HclReportWriter(String claims, long reportType) {
    this.claims = Bytes.of(claims.getBytes(UTF_8));
    this.reportType = reportType;
    reportSize = (long) CLAIMS_OFFSET + this.claims.size();
    dataSize = (long) RUNTIME_HEADER_SIZE + this.claims.size();
    claimsSize = this.claims.size();
  }

  /** A report around an SEV-SNP report (report type 2). */
  public static HclReportWriter snp(String claims) {
    return new HclReportWriter(claims, 2);
  }

  /** A report around a TDREPORT (report type 4). */
  public static HclReportWriter tdx(String claims) {
    return new HclReportWriter(claims, 4);
  }

  /**
   * A TDREPORT, 1024 bytes, of which only its type and REPORTDATA are set (Intel 348551,
   * TDREPORT_STRUCT).
   */
  public static Bytes bareTdReport(ReportData reportData) {
    byte[] report = new byte[TD_REPORT_SIZE];
    report[0] = (byte) 0x81;
    reportData.value().copyTo(report, TD_REPORT_DATA_OFFSET);
    return Bytes.of(report);
  }

  /** Sets the header's version: 1 for older paravisors, 2 for OpenHCL. */
  public HclReportWriter version(long value) {
    version = value;
    return this;
  }

  /** Sets request_type; a guest always sees 2. */
  public HclReportWriter requestType(long value) {
    requestType = value;
    return this;
  }

  /** Sets status; 0 is success. */
  public HclReportWriter status(long value) {
    status = value;
    return this;
  }

  /** Sets the header's 12 reserved bytes. */
  public HclReportWriter reserved(Bytes value) {
    reserved = value;
    return this;
  }

  /** Sets the version of the runtime data's header. */
  public HclReportWriter runtimeVersion(long value) {
    runtimeVersion = value;
    return this;
  }

  /** Sets report_type: 1 VBS, 2 SNP, 3 TVM, 4 TDX. */
  public HclReportWriter reportType(long value) {
    reportType = value;
    return this;
  }

  /** Sets hash_type and hashes accordingly: 1 SHA-256, 2 SHA-384, 3 SHA-512. */
  public HclReportWriter hashType(long value) {
    hashType = value;
    return declaredHashType(value);
  }

  /** Sets the hash_type field alone. */
  public HclReportWriter declaredHashType(long value) {
    declaredHashType = value;
    return this;
  }

  /** Sets the header's report_size, truly 1236 and the claims. */
  public HclReportWriter reportSize(long value) {
    reportSize = value;
    return this;
  }

  /** Sets data_size, truly 20 and the claims. */
  public HclReportWriter dataSize(long value) {
    dataSize = value;
    return this;
  }

  /** Sets variable_data_size, truly the size of the claims. */
  public HclReportWriter claimsSize(long value) {
    claimsSize = value;
    return this;
  }

  /** Sets the size of the whole, filled up with zeros; what does not fit is cut off. */
  public HclReportWriter size(int bytes) {
    size = bytes;
    return this;
  }

  /** Leaves out the padding. */
  public HclReportWriter withoutPadding() {
    return size(CLAIMS_OFFSET + claims.size());
  }

  /** Overwrites bytes of the finished report. */
  public HclReportWriter patch(int offset, Bytes value) {
    patches.add(new Patch(offset, value));
    return this;
  }

  /** What the hardware report has to carry: the hash of the claims, then zeros. */
  public ReportData reportData() {
    String digest =
        switch ((int) hashType) {
          case 1 -> "SHA-256";
          case 2 -> "SHA-384";
          case 3 -> "SHA-512";
          default -> throw new IllegalArgumentException("no hash of this type: " + hashType);
        };
    return new ReportData(Tampering.resize(Hashes.digest(digest, claims), ReportData.SIZE));
  }

  /** The whole around {@code hardwareReport}, at most 1184 bytes; zeros follow a shorter one. */
  public Bytes write(Bytes hardwareReport) {
    ByteBuffer out =
        ByteBuffer.allocate(Math.max(size, CLAIMS_OFFSET + claims.size()))
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put("HCLA".getBytes(UTF_8));
    out.putInt((int) version).putInt((int) reportSize).putInt((int) requestType);
    out.putInt((int) status).put(reserved.toArray());
    out.put(Tampering.resize(hardwareReport, HARDWARE_REPORT_SIZE).toArray());
    out.putInt((int) dataSize).putInt((int) runtimeVersion).putInt((int) reportType);
    out.putInt((int) declaredHashType).putInt((int) claimsSize);
    out.put(claims.toArray());
    Bytes whole = Bytes.of(out.array()).slice(0, size);
    for (Patch patch : patches) {
      whole = Tampering.overwrite(whole, patch.offset(), patch.value());
    }
    return whole;
  }
}

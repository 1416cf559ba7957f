package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import org.jspecify.annotations.Nullable;

/**
 * Writes the report of the enclave that vouches for an attestation key: 384 bytes, little-endian
 * (Intel TDX DCAP Quoting Library API, appendix 3, "Enclave Report Body").
 *
 * <p>It begins as that of Intel's TD quoting enclave, not being debugged.
 */
public final class QeReportWriter {
  /** Size of a report in bytes. */
  public static final int SIZE = 384;

  /** MRSIGNER of Intel's TD quoting enclave. */
  public static final Bytes INTEL_MRSIGNER =
      Bytes.ofHex("dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5");

  private static final int REPORT_DATA = 320;

  private final FieldBuffer report = new FieldBuffer(SIZE);
  private @Nullable Bytes reportData;

  private QeReportWriter() {}

  /** The report of a healthy TD quoting enclave. */
  public static QeReportWriter healthy() {
    return new QeReportWriter()
        .cpuSvn(Bytes.ofHex("0404191b04ff00060000000000000000"))
        .attributes(Bytes.ofHex("1500000000000000e700000000000000"))
        .mrEnclave(Hashes.digest("SHA-256", "TD quoting enclave"))
        .mrSigner(INTEL_MRSIGNER)
        .isvProdId(2)
        .isvSvn(7);
  }

  /** Sets CPUSVN, 16 bytes. */
  public QeReportWriter cpuSvn(Bytes value) {
    return bytes(0, 16, value);
  }

  /** Sets MISCSELECT, 32 bits. */
  public QeReportWriter miscSelect(long value) {
    report.number(16, 4, value);
    return this;
  }

  /** Sets ATTRIBUTES, 16 bytes; bit 1 of the first is DEBUG. */
  public QeReportWriter attributes(Bytes value) {
    return bytes(48, 16, value);
  }

  /** Sets MRENCLAVE, 32 bytes. */
  public QeReportWriter mrEnclave(Bytes value) {
    return bytes(64, 32, value);
  }

  /** Sets MRSIGNER, 32 bytes. */
  public QeReportWriter mrSigner(Bytes value) {
    return bytes(128, 32, value);
  }

  /** Sets ISVPRODID, 16 bits. */
  public QeReportWriter isvProdId(int value) {
    report.number(256, 2, value);
    return this;
  }

  /** Sets ISVSVN, 16 bits. */
  public QeReportWriter isvSvn(int value) {
    report.number(258, 2, value);
    return this;
  }

  /** Sets REPORTDATA, 64 bytes, instead of the hash that vouches for the attestation key. */
  public QeReportWriter reportData(Bytes value) {
    reportData = value;
    return this;
  }

  /** Overwrites bytes anywhere before REPORTDATA; they are signed like the rest. */
  public QeReportWriter patch(int offset, Bytes value) {
    return bytes(offset, value.size(), value);
  }

  /**
   * The report, 384 bytes.
   *
   * @param attestationKey 64 bytes, x and y
   * @param authData what is hashed with it
   */
  public Bytes write(Bytes attestationKey, Bytes authData) {
    Bytes bound = Hashes.digest("SHA-256", attestationKey.concat(authData)).concat(Bytes.zeros(32));
    return report.slice(0, REPORT_DATA).concat(reportData != null ? reportData : bound);
  }

  private QeReportWriter bytes(int offset, int size, Bytes value) {
    report.bytes(offset, size, value);
    return this;
  }
}

package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.internal.HclFormat;
import java.util.Optional;

/**
 * The report that Azure's paravisor (HCL, OpenHCL) keeps in the vTPM's NV index 0x01400001: the
 * hardware's report and, beside it, the runtime claims whose digest the hardware signed.
 *
 * <p>Parsed, not proven. Header and padding lie outside every signature; the claims are covered
 * only by REPORT_DATA, which {@link AzureCvmVerifier} compares. Layout: OpenHCL igvm_attest,
 * IgvmAttestRequestBase; all integers little-endian.
 *
 * @param version of the header: 1 from the legacy HCL, 2 from OpenHCL
 * @param reportType what {@code hardwareReport} is
 * @param hashType which digest of the claims the hardware signed
 * @param hardwareReport ATTESTATION_REPORT (1184 bytes) or TDREPORT (1024 bytes), as received
 * @param unverifiedClaims the runtime claims, JSON, exactly as received: the sender's word until
 *     they have been proven
 */
public record HclReport(
    int version,
    ReportType reportType,
    HashType hashType,
    Bytes hardwareReport,
    Bytes unverifiedClaims) {
  /** The hardware whose report the slot holds (IgvmAttestReportType), as far as known here. */
  public enum ReportType {
    /** AMD SEV-SNP: ATTESTATION_REPORT, 1184 bytes (AMD 56860, section 7.3). */
    SNP(2, 1184),
    /** Intel TDX: TDREPORT_STRUCT, 1024 bytes. */
    TDX(4, 1024);

    private final int code;
    private final int size;

    ReportType(int code, int size) {
      this.code = code;
      this.size = size;
    }

    /** The size of such a report in bytes. */
    public int size() {
      return size;
    }

    /** The type with this code on the wire, if it is known. */
    public static Optional<ReportType> ofCode(long code) {
      for (ReportType type : values()) {
        if (type.code == code) {
          return Optional.of(type);
        }
      }
      return Optional.empty();
    }
  }

  /** Which digest of the runtime claims is in REPORT_DATA (IgvmAttestHashType). */
  public enum HashType {
    /** SHA-256; all that has been seen in the field. */
    SHA_256(1, "SHA-256"),
    /** SHA-384. */
    SHA_384(2, "SHA-384"),
    /** SHA-512. */
    SHA_512(3, "SHA-512");

    private final int code;
    private final String algorithm;

    HashType(int code, String algorithm) {
      this.code = code;
      this.algorithm = algorithm;
    }

    /** The JCA name of the digest. */
    public String algorithm() {
      return algorithm;
    }

    /** The type with this code on the wire, if it is known. */
    public static Optional<HashType> ofCode(long code) {
      for (HashType type : values()) {
        if (type.code == code) {
          return Optional.of(type);
        }
      }
      return Optional.empty();
    }
  }

  /**
   * Reads the whole content of the NV index, padding included.
   *
   * @throws MalformedException if it is anything but what a paravisor writes
   */
  public static HclReport parse(Bytes index) throws MalformedException {
    try {
      return HclFormat.read(index);
    } catch (RefutedException e) {
      throw new MalformedException("HCL report", e.finding());
    }
  }
}

package io.github.cvmattestation.azure.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.AzureFinding;
import io.github.cvmattestation.azure.HclReport;
import java.util.List;

/**
 * Reads an HCL report: IgvmAttestRequestBase of OpenHCL's igvm_attest, as it lies in NV index
 * 0x01400001. Header and request data are unsigned, so that every value but the expected is
 * refused: what is left for a sender to choose changes nothing.
 */
public final class HclFormat {
  /**
   * The sizes that the NV index has had: 2048 on early SNP hosts, 2600, and 2900 in current
   * OpenHCL. No others: the padding is unsigned, and a cut or stretched index is not what was read.
   */
  private static final List<Integer> INDEX_SIZES = List.of(2048, 2600, 2900);

  private static final Bytes SIGNATURE = Bytes.of((byte) 'H', (byte) 'C', (byte) 'L', (byte) 'A');
  private static final int MIN_VERSION = 1;
  private static final int MAX_VERSION = 2;
  private static final long AK_CERT_REQUEST = 2;
  private static final long REQUEST_VERSION = 1;
  private static final int SLOT_SIZE = 1184;
  private static final int REQUEST_DATA_SIZE = 20;
  private static final int CLAIMS_OFFSET = 32 + SLOT_SIZE + REQUEST_DATA_SIZE;

  // A report's own first bytes: VERSION of ATTESTATION_REPORT (AMD 56860 §7.3; a u32 of 2 to 5),
  // REPORTTYPE.TYPE of TDREPORT_STRUCT (Intel TDX Module ABI; 0x81 is a TD).
  private static final int MIN_SNP_VERSION = 2;
  private static final int MAX_SNP_VERSION = 5;
  private static final int TD_REPORT = 0x81;

  private HclFormat() {}

  /** The report that {@code index} holds. */
  public static HclReport read(Bytes index) throws RefutedException {
    if (!INDEX_SIZES.contains(index.size())) {
      throw refuted(
          AzureFinding.RUNTIME_LENGTH, "2048, 2600 or 2900 bytes", index.size() + " bytes");
    }
    try {
      return read(ByteReader.littleEndian("HCL report", index), index.size());
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(AzureFinding.RUNTIME_FORMAT));
    }
  }

  private static HclReport read(ByteReader in, int indexSize)
      throws MalformedException, RefutedException {
    if (!in.bytes("signature", 4).equals(SIGNATURE)) {
      throw in.malformed("signature", "HCLA", "something else");
    }
    long version = in.u32("version");
    if (version < MIN_VERSION || version > MAX_VERSION) {
      throw in.malformed("version", "1 or 2", Long.toString(version));
    }
    long reportSize = in.u32("report_size");
    require(in, "request_type", AK_CERT_REQUEST);
    require(in, "status", 0);
    in.reserved(12);
    Bytes slot = in.bytes("hardware report", SLOT_SIZE);
    long dataSize = in.u32("data_size");
    require(in, "request data version", REQUEST_VERSION);
    HclReport.ReportType reportType = reportType(in.u32("report_type"));
    HclReport.HashType hashType = hashType(in.u32("report_data_hash_type"));
    long claimsSize = in.u32("variable_data_size");
    if (claimsSize == 0 || claimsSize > indexSize - CLAIMS_OFFSET) {
      throw refuted(
          AzureFinding.RUNTIME_LENGTH,
          "variable_data_size: 1 to " + (indexSize - CLAIMS_OFFSET),
          Long.toString(claimsSize));
    }
    requireSize("report_size", reportSize, CLAIMS_OFFSET + claimsSize);
    requireSize("data_size", dataSize, REQUEST_DATA_SIZE + claimsSize);
    Bytes claims = in.bytes("runtime claims", claimsSize);
    if (claims.get(claims.size() - 1) == 0) {
      throw refuted(AzureFinding.RUNTIME_LENGTH, "claims that end with JSON", "padding in claims");
    }
    if (!in.bytes("padding", in.remaining()).isZero()) {
      throw refuted(AzureFinding.RUNTIME_LENGTH, "zeros after the claims", "other bytes");
    }
    in.end();
    Bytes hardwareReport = hardwareReport(reportType, slot);
    return new HclReport((int) version, reportType, hashType, hardwareReport, claims);
  }

  private static HclReport.ReportType reportType(long code) throws RefutedException {
    return HclReport.ReportType.ofCode(code)
        .orElseThrow(
            () -> refuted(AzureFinding.AZURE_TEE, "report_type SNP (2) or TDX (4)", named(code)));
  }

  private static String named(long code) {
    return switch ((int) Math.min(code, Integer.MAX_VALUE)) {
      case 1 -> "VBS (1)";
      case 3 -> "TVM (3): no confidential VM";
      case 5 -> "CCA (5)";
      default -> Long.toString(code);
    };
  }

  private static HclReport.HashType hashType(long code) throws RefutedException {
    return HclReport.HashType.ofCode(code)
        .orElseThrow(
            () ->
                refuted(
                    AzureFinding.RUNTIME_HASH,
                    "report_data_hash_type 1 to 3",
                    Long.toString(code)));
  }

  /** Cuts the report out of its slot, once the slot shows that it holds one of this type. */
  private static Bytes hardwareReport(HclReport.ReportType type, Bytes slot)
      throws RefutedException {
    int first = slot.get(0);
    boolean u32 = slot.slice(1, 4).isZero();
    boolean fits =
        switch (type) {
          case SNP -> u32 && first >= MIN_SNP_VERSION && first <= MAX_SNP_VERSION;
          case TDX -> first == TD_REPORT && slot.slice(type.size(), SLOT_SIZE).isZero();
        };
    if (!fits) {
      throw refuted(
          AzureFinding.RUNTIME_TYPE,
          "a report of type " + type,
          "one that begins with " + slot.slice(0, 4).hex());
    }
    return slot.slice(0, type.size());
  }

  private static void require(ByteReader in, String field, long expected)
      throws MalformedException {
    long value = in.u32(field);
    if (value != expected) {
      throw in.malformed(field, Long.toString(expected), Long.toString(value));
    }
  }

  private static void requireSize(String field, long value, long expected) throws RefutedException {
    if (value != expected) {
      throw refuted(AzureFinding.RUNTIME_LENGTH, field + " " + expected, Long.toString(value));
    }
  }

  private static RefutedException refuted(AzureFinding code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}

package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ReportData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes an ATTESTATION_REPORT, 1184 bytes, little-endian (AMD 56860, section 7.3, Table 23).
 *
 * <p>It begins as the version 3 report of a healthy production guest on Azure: no debugging, no
 * migration, VMPL 0, all four TCBs alike, signed with the VCEK. Every field can be set, and every
 * byte patched, before the signature or after it. The same writer may be used again.
 */
public final class SnpReportWriter {
  /** Size of a report in bytes. */
  public static final int SIZE = 0x4A0;

  /** Bytes from the beginning that the signature covers. */
  public static final int SIGNED_SIZE = 0x2A0;

  private static final int SIGNATURE_COMPONENT_SIZE = 72;
  private static final long AZURE_POLICY = 0x3001F;
  private static final long SMT_TSME_ECC = 0x07;
  private static final long ALIAS_CHECK_COMPLETE = 0x20;
  private static final long SIGNED_WITH_VLEK = 1 << 2;

  private final Line line;
  private final byte[] report = new byte[SIZE];
  private final ByteBuffer fields = ByteBuffer.wrap(report).order(ByteOrder.LITTLE_ENDIAN);

  private SnpReportWriter(Line line) {
    this.line = line;
  }

  /** A healthy report of version 3 from a machine of this line. */
  public static SnpReportWriter of(Line line) {
    return new SnpReportWriter(line)
        .version(3)
        .policy(AZURE_POLICY)
        .familyId(Bytes.of((byte) 1).concat(Bytes.zeros(15)))
        .imageId(Bytes.of((byte) 2).concat(Bytes.zeros(15)))
        .signatureAlgorithm(1)
        .measurement(Hashes.digest("SHA-384", "launch measurement"))
        .reportId(Hashes.digest("SHA-256", "report id"))
        .reportIdMa(Bytes.ofHex("ff".repeat(32)))
        .tcb(line.healthyTcb())
        .chipId(line.chipId("default"))
        .currentVersion(1, 55, 40)
        .committedVersion(1, 55, 40);
  }

  /**
   * Sets VERSION and what hangs on it: before 3 there is no CPUID and no alias check, from 3 on
   * there are the line's CPUID and ALIAS_CHECK_COMPLETE. Set those fields after this one.
   */
  public SnpReportWriter version(long value) {
    u32(0x000, value);
    cpuid(value < 3 ? Bytes.zeros(3) : line.cpuid());
    return platformInfo(value < 3 ? SMT_TSME_ECC : SMT_TSME_ECC | ALIAS_CHECK_COMPLETE);
  }

  /** Sets all four TCBs: current, reported, committed and launch. */
  public SnpReportWriter tcb(Tcb tcb) {
    return currentTcb(tcb).reportedTcb(tcb).committedTcb(tcb).launchTcb(tcb);
  }

  /** Says that a VLEK signs, and hides the chip id, as such machines do. */
  public SnpReportWriter signedWithVlek() {
    return signerInfo(SIGNED_WITH_VLEK).chipId(Bytes.zeros(64));
  }

  /** Sets REPORT_DATA. */
  public SnpReportWriter reportData(ReportData value) {
    return bytes(0x050, 64, value.value());
  }

  /** Sets CURRENT_MAJOR, CURRENT_MINOR and CURRENT_BUILD, stored the other way round. */
  public SnpReportWriter currentVersion(int major, int minor, int build) {
    return bytes(0x1E8, 3, Bytes.of((byte) build, (byte) minor, (byte) major));
  }

  /** Sets COMMITTED_MAJOR, COMMITTED_MINOR and COMMITTED_BUILD, stored the other way round. */
  public SnpReportWriter committedVersion(int major, int minor, int build) {
    return bytes(0x1EC, 3, Bytes.of((byte) build, (byte) minor, (byte) major));
  }

  /** Sets GUEST_SVN, from the ID block. */
  public SnpReportWriter guestSvn(long value) {
    return u32(0x004, value);
  }

  /** Sets POLICY, bits as AMD 56860, section 4.3, Table 9 numbers them. */
  public SnpReportWriter policy(long value) {
    return u64(0x008, value);
  }

  /** Sets FAMILY_ID, 16 bytes. */
  public SnpReportWriter familyId(Bytes value) {
    return bytes(0x010, 16, value);
  }

  /** Sets IMAGE_ID, 16 bytes. */
  public SnpReportWriter imageId(Bytes value) {
    return bytes(0x020, 16, value);
  }

  /** Sets VMPL; 0xFFFFFFFF for a report that the host asked for. */
  public SnpReportWriter vmpl(long value) {
    return u32(0x030, value);
  }

  /** Sets SIGNATURE_ALGO; 1 is ECDSA P-384 with SHA-384. */
  public SnpReportWriter signatureAlgorithm(long value) {
    return u32(0x034, value);
  }

  /** Sets CURRENT_TCB. */
  public SnpReportWriter currentTcb(Tcb value) {
    return bytes(0x038, 8, value.encode(line));
  }

  /** Sets PLATFORM_INFO. */
  public SnpReportWriter platformInfo(long value) {
    return u64(0x040, value);
  }

  /** Sets The word at 0x48: AUTHOR_KEY_EN (bit 0), MASK_CHIP_KEY (1), SIGNING_KEY (4:2). */
  public SnpReportWriter signerInfo(long value) {
    return u32(0x048, value);
  }

  /** Sets MEASUREMENT, 48 bytes. */
  public SnpReportWriter measurement(Bytes value) {
    return bytes(0x090, 48, value);
  }

  /** Sets HOST_DATA, 32 bytes. */
  public SnpReportWriter hostData(Bytes value) {
    return bytes(0x0C0, 32, value);
  }

  /** Sets ID_KEY_DIGEST, 48 bytes. */
  public SnpReportWriter idKeyDigest(Bytes value) {
    return bytes(0x0E0, 48, value);
  }

  /** Sets AUTHOR_KEY_DIGEST, 48 bytes. */
  public SnpReportWriter authorKeyDigest(Bytes value) {
    return bytes(0x110, 48, value);
  }

  /** Sets REPORT_ID, 32 bytes. */
  public SnpReportWriter reportId(Bytes value) {
    return bytes(0x140, 32, value);
  }

  /** Sets REPORT_ID_MA, 32 bytes. */
  public SnpReportWriter reportIdMa(Bytes value) {
    return bytes(0x160, 32, value);
  }

  /** Sets REPORTED_TCB. */
  public SnpReportWriter reportedTcb(Tcb value) {
    return bytes(0x180, 8, value.encode(line));
  }

  /** Sets CPUID_FAM_ID, CPUID_MOD_ID and CPUID_STEP: 3 bytes, version 3 and later. */
  public SnpReportWriter cpuid(Bytes value) {
    return bytes(0x188, 3, value);
  }

  /** Sets CHIP_ID, 64 bytes. */
  public SnpReportWriter chipId(Bytes value) {
    return bytes(0x1A0, 64, value);
  }

  /** Sets COMMITTED_TCB. */
  public SnpReportWriter committedTcb(Tcb value) {
    return bytes(0x1E0, 8, value.encode(line));
  }

  /** Sets LAUNCH_TCB. */
  public SnpReportWriter launchTcb(Tcb value) {
    return bytes(0x1F0, 8, value.encode(line));
  }

  /** Sets LAUNCH_MIT_VECTOR, version 5. */
  public SnpReportWriter launchMitigationVector(long value) {
    return u64(0x1F8, value);
  }

  /** Sets CURRENT_MIT_VECTOR, version 5. */
  public SnpReportWriter currentMitigationVector(long value) {
    return u64(0x200, value);
  }

  /** Overwrites bytes anywhere; those before 0x2A0 are signed like the rest. */
  public SnpReportWriter patch(int offset, Bytes value) {
    return bytes(offset, value.size(), value);
  }

  /** The report with an all-zero signature. */
  public Bytes unsigned() {
    return Bytes.of(report);
  }

  /** The report, signed. */
  public Bytes sign(EcSigningKey key) {
    return resign(Bytes.of(report), key);
  }

  /** The report with these signature components, each as stored: 72 bytes, little-endian. */
  public Bytes withSignature(Bytes r, Bytes s) {
    return withSignature(Bytes.of(report), r, s);
  }

  /**
   * Signs a report again, however its bytes came to be: SHA-384 and ECDSA over the first 0x2A0
   * bytes, r and s reversed and widened to 72 bytes each. What follows the signature stays as it
   * is.
   */
  public static Bytes resign(Bytes report, EcSigningKey key) {
    Bytes rs = key.sign("SHA-384", report.slice(0, SIGNED_SIZE));
    return withSignature(
        report,
        littleEndian(rs.slice(0, key.size())),
        littleEndian(rs.slice(key.size(), rs.size())));
  }

  private static Bytes withSignature(Bytes report, Bytes r, Bytes s) {
    if (r.size() != SIGNATURE_COMPONENT_SIZE || s.size() != SIGNATURE_COMPONENT_SIZE) {
      throw new IllegalArgumentException("r and s have 72 bytes each");
    }
    int end = SIGNED_SIZE + 2 * SIGNATURE_COMPONENT_SIZE;
    return report.slice(0, SIGNED_SIZE).concat(r, s, report.slice(end, report.size()));
  }

  private static Bytes littleEndian(Bytes bigEndian) {
    return bigEndian.reversed().concat(Bytes.zeros(SIGNATURE_COMPONENT_SIZE - bigEndian.size()));
  }

  private SnpReportWriter u32(int offset, long value) {
    fields.putInt(offset, (int) value);
    return this;
  }

  private SnpReportWriter u64(int offset, long value) {
    fields.putLong(offset, value);
    return this;
  }

  private SnpReportWriter bytes(int offset, int size, Bytes value) {
    if (value.size() != size) {
      throw new IllegalArgumentException("%d bytes here, not %d".formatted(size, value.size()));
    }
    value.copyTo(report, offset);
    return this;
  }
}

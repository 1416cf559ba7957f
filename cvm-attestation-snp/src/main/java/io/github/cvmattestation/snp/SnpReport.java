package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.ByteReader;
import java.util.Optional;

/**
 * ATTESTATION_REPORT, versions 2 to 5 (AMD 56860, SEV Secure Nested Paging Firmware ABI, section
 * 7.3, table 23): 1184 bytes, little-endian, of which the first 672 are signed.
 *
 * <p>A parsed report is not a believed one: claims come from {@link SnpVerifier} alone.
 *
 * @param raw all 1184 bytes as received
 * @param version 2 to 5
 * @param guestSvn GUEST_SVN of the ID block, 0 without one
 * @param policy what the guest's owner demanded
 * @param familyId 16 bytes of the ID block
 * @param imageId 16 bytes of the ID block
 * @param vmpl the privilege level that asked, 0 to 3, or 0xFFFFFFFF: the host asked
 * @param currentTcb 8 bytes: the running firmware
 * @param platformInfo how the host is set up
 * @param signerInfo who signed
 * @param reportData 64 bytes that the guest chose
 * @param measurement 48 bytes: the launch digest
 * @param hostData 32 bytes that the host chose at launch
 * @param idKeyDigest 48 bytes: SHA-384 of the key that signed the ID block; zero without one
 * @param authorKeyDigest 48 bytes: SHA-384 of the key that signed the ID key
 * @param reportId 32 bytes: the guest, for its lifetime
 * @param reportIdMa 32 bytes: its migration agent; all ones without one
 * @param reportedTcb 8 bytes: the TCB that the signing key is derived from
 * @param cpuid family, model and stepping; from version 3 on
 * @param chipId 64 bytes; on Turin the first 8
 * @param committedTcb 8 bytes: the floor that the platform cannot roll back below
 * @param currentVersion version of the running firmware
 * @param committedVersion version of the committed firmware
 * @param launchTcb 8 bytes: the running firmware when the guest was launched or imported
 * @param launchMitVector mitigations at launch; from version 4 on, else 0
 * @param currentMitVector mitigations now; from version 4 on, else 0
 */
public record SnpReport(
    Bytes raw,
    int version,
    long guestSvn,
    GuestPolicy policy,
    Bytes familyId,
    Bytes imageId,
    long vmpl,
    Bytes currentTcb,
    PlatformInfo platformInfo,
    SignerInfo signerInfo,
    Bytes reportData,
    Bytes measurement,
    Bytes hostData,
    Bytes idKeyDigest,
    Bytes authorKeyDigest,
    Bytes reportId,
    Bytes reportIdMa,
    Bytes reportedTcb,
    Optional<Cpuid> cpuid,
    Bytes chipId,
    Bytes committedTcb,
    FirmwareVersion currentVersion,
    FirmwareVersion committedVersion,
    Bytes launchTcb,
    long launchMitVector,
    long currentMitVector) {

  /** 1184 bytes. */
  public static final int SIZE = 0x4A0;

  /** The first 672 bytes are signed. */
  public static final int SIGNED_SIZE = 0x2A0;

  /** VMPL of a report that the host asked for. */
  public static final long VMPL_HOST = 0xFFFFFFFFL;

  /** The oldest version that is read. */
  public static final int MIN_VERSION = 2;

  /** The newest version that is read. */
  public static final int MAX_VERSION = 5;

  /** SIGNATURE_ALGO of every report so far (AMD 56860, section 10, table 138). */
  public static final long ECDSA_P384_SHA384 = 1;

  private static final String NAME = "ATTESTATION_REPORT";
  private static final int SIGNATURE_ALGO_OFFSET = 0x34;
  private static final int CPUID_SINCE = 3;
  private static final int MIT_VECTORS_SINCE = 4;
  private static final int COMPONENT = 72;
  private static final int SIGNIFICANT = 48;

  /**
   * The processor that a report names (CPUID Fn0000_0001_EAX).
   *
   * @param family base plus extended family
   * @param model extended model and model
   * @param stepping 0 to 15
   */
  public record Cpuid(int family, int model, int stepping) {}

  /** The VERSION of something that may be a report, so that an unknown one can be told apart. */
  public static long peekVersion(Bytes raw) throws MalformedException {
    return ByteReader.littleEndian(NAME, raw).u32("VERSION");
  }

  /** The SIGNATURE_ALGO of something that may be a report, for the same purpose. */
  public static long peekSignatureAlgorithm(Bytes raw) throws MalformedException {
    ByteReader in = ByteReader.littleEndian(NAME, raw);
    in.bytes("everything before SIGNATURE_ALGO", SIGNATURE_ALGO_OFFSET);
    return in.u32("SIGNATURE_ALGO");
  }

  /** Reads exactly 1184 bytes; every reserved byte must be zero, signed or not. */
  public static SnpReport parse(Bytes raw) throws MalformedException {
    if (raw.size() != SIZE) {
      throw new MalformedException(NAME, SIZE + " bytes", raw.size() + " bytes");
    }
    ByteReader in = ByteReader.littleEndian(NAME, raw);
    long version = in.u32("VERSION");
    if (version < MIN_VERSION || version > MAX_VERSION) {
      throw in.malformed("VERSION", "2 to 5", Long.toString(version));
    }
    long guestSvn = in.u32("GUEST_SVN");
    GuestPolicy policy = GuestPolicy.parse(in.u64("POLICY"));
    Bytes familyId = in.bytes("FAMILY_ID", 16);
    Bytes imageId = in.bytes("IMAGE_ID", 16);
    long vmpl = readVmpl(in);
    long algorithm = in.u32("SIGNATURE_ALGO");
    if (algorithm != ECDSA_P384_SHA384) {
      throw in.malformed("SIGNATURE_ALGO", "1", Long.toString(algorithm));
    }
    Bytes currentTcb = in.bytes("CURRENT_TCB", TcbVersion.SIZE);
    PlatformInfo platformInfo = new PlatformInfo(in.u64("PLATFORM_INFO"));
    SignerInfo signerInfo = SignerInfo.parse(in.u32("SIGNER_INFO"));
    in.reserved(4);
    Bytes reportData = in.bytes("REPORT_DATA", 64);
    Bytes measurement = in.bytes("MEASUREMENT", 48);
    Bytes hostData = in.bytes("HOST_DATA", 32);
    Bytes idKeyDigest = in.bytes("ID_KEY_DIGEST", 48);
    Bytes authorKeyDigest = in.bytes("AUTHOR_KEY_DIGEST", 48);
    Bytes reportId = in.bytes("REPORT_ID", 32);
    Bytes reportIdMa = in.bytes("REPORT_ID_MA", 32);
    Bytes reportedTcb = in.bytes("REPORTED_TCB", TcbVersion.SIZE);
    Optional<Cpuid> cpuid = readCpuid(in, version);
    in.reserved(21);
    Bytes chipId = in.bytes("CHIP_ID", 64);
    Bytes committedTcb = in.bytes("COMMITTED_TCB", TcbVersion.SIZE);
    FirmwareVersion currentVersion = readFirmware(in, "CURRENT");
    FirmwareVersion committedVersion = readFirmware(in, "COMMITTED");
    Bytes launchTcb = in.bytes("LAUNCH_TCB", TcbVersion.SIZE);
    long launchMitVector = readMitVector(in, "LAUNCH_MIT_VECTOR", version);
    long currentMitVector = readMitVector(in, "CURRENT_MIT_VECTOR", version);
    in.reserved(152);
    requireSignatureShape(in);
    in.end();
    return new SnpReport(
        raw,
        (int) version,
        guestSvn,
        policy,
        familyId,
        imageId,
        vmpl,
        currentTcb,
        platformInfo,
        signerInfo,
        reportData,
        measurement,
        hostData,
        idKeyDigest,
        authorKeyDigest,
        reportId,
        reportIdMa,
        reportedTcb,
        cpuid,
        chipId,
        committedTcb,
        currentVersion,
        committedVersion,
        launchTcb,
        launchMitVector,
        currentMitVector);
  }

  /** The bytes that are signed, as received. */
  public Bytes signedBytes() {
    return raw.slice(0, SIGNED_SIZE);
  }

  /** Whether the host asked for this report; its REPORT_DATA is then not the guest's. */
  public boolean isHostRequested() {
    return vmpl == VMPL_HOST;
  }

  /** R as sent: 48 significant bytes, little-endian (AMD 56860, section 10, ECDSA format). */
  public Bytes signatureR() {
    return raw.slice(SIGNED_SIZE, SIGNED_SIZE + SIGNIFICANT);
  }

  /** S as sent: 48 significant bytes, little-endian. */
  public Bytes signatureS() {
    return raw.slice(SIGNED_SIZE + COMPONENT, SIGNED_SIZE + COMPONENT + SIGNIFICANT);
  }

  private static long readVmpl(ByteReader in) throws MalformedException {
    long vmpl = in.u32("VMPL");
    if (vmpl > 3 && vmpl != VMPL_HOST) {
      throw in.malformed("VMPL", "0 to 3 or FFFFFFFFh", Long.toString(vmpl));
    }
    return vmpl;
  }

  private static Optional<Cpuid> readCpuid(ByteReader in, long version) throws MalformedException {
    if (version < CPUID_SINCE) {
      in.reserved(3);
      return Optional.empty();
    }
    return Optional.of(
        new Cpuid(in.u8("CPUID_FAM_ID"), in.u8("CPUID_MOD_ID"), in.u8("CPUID_STEP")));
  }

  private static FirmwareVersion readFirmware(ByteReader in, String which)
      throws MalformedException {
    int build = in.u8(which + "_BUILD");
    int minor = in.u8(which + "_MINOR");
    int major = in.u8(which + "_MAJOR");
    in.reserved(1);
    return new FirmwareVersion(major, minor, build);
  }

  /** Version 5 defines the vectors, version 4 may fill them, earlier ones reserve the bytes. */
  private static long readMitVector(ByteReader in, String field, long version)
      throws MalformedException {
    if (version < MIT_VECTORS_SINCE) {
      in.reserved(8);
      return 0;
    }
    return in.u64(field);
  }

  /**
   * No signature covers the signature: its padding and tail must be zero, or bits would be free.
   */
  private static void requireSignatureShape(ByteReader in) throws MalformedException {
    for (String component : new String[] {"SIGNATURE.R", "SIGNATURE.S"}) {
      in.bytes(component, SIGNIFICANT);
      in.reserved(COMPONENT - SIGNIFICANT);
    }
    in.reserved(368);
  }
}

package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.testkit.tpm.TpmWriter;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The vTPM that the paravisor gives an Azure confidential VM: a {@link SoftwareTpm}, or any other
 * TPM, with Azure's objects in it, and a paravisor that answers when one of them is read (openvmm,
 * {@code vmm_core vmotherboard vtpm}; layout as in its {@code tpm} crate). It does its part by
 * commands of the TPM, as the guest does.
 *
 * <p>The guest may define NV index {@link #USER_DATA_INDEX} and write 64 bytes into it. A read of
 * {@link #REPORT_INDEX} from offset 0 has the paravisor ask the hardware for a report over them, if
 * more than two seconds have passed since the last; otherwise the reader gets the old one and is
 * told nothing. The platform hierarchy is closed to the guest.
 *
 * <p>A TPM whose NV indices hold less than Azure's gets the report of older paravisors, which names
 * no endorsement key, and a certificate with less padding.
 */
public final class AzureVtpm {
  /**
   * The attestation key: RSA-2048, RSASSA with SHA-256, a primary key of the endorsement hierarchy.
   */
  public static final int AK_HANDLE = 0x81000003;

  /** The HCL report. */
  public static final int REPORT_INDEX = 0x01400001;

  /** What the guest wants to have in the next report; not there until it defines it. */
  public static final int USER_DATA_INDEX = 0x01400002;

  /** The attestation key's certificate, DER, padded with zeros. */
  public static final int AK_CERTIFICATE_INDEX = 0x01C101D0;

  /** How much of the user data gets into a report, in bytes. */
  public static final int USER_DATA_SIZE = 64;

  /** REPORT_TIMER_PERIOD: a report is refreshed only when the last one is older than this. */
  public static final Duration REPORT_PERIOD = Duration.ofSeconds(2);

  /** The most that the certificate's index holds, in bytes. */
  public static final int AK_CERTIFICATE_SIZE = 4096;

  /**
   * What TPM2_Quote and TPM2_Certify take as qualifying data here, in bytes: a TPM2B_DATA has room
   * for an algorithm and the largest digest (TPM 2.0 Part 2, section 10.4.3), which is SHA-384's.
   */
  static final int MAX_QUALIFYING_DATA = 50;

  /** AUTHWRITE, OWNERREAD, AUTHREAD, NO_DA and PLATFORMCREATE (TPM 2.0 Part 2, section 13.4). */
  static final long PLATFORM_INDEX = 0x42060004L;

  /** OWNERWRITE, AUTHWRITE, OWNERREAD and AUTHREAD. */
  private static final long OWNER_INDEX = 0x00060006L;

  /** TPM_PT_NV_INDEX_MAX (TPM 2.0 Part 2, section 6.13). */
  private static final int NV_INDEX_MAX = 0x117;

  private static final List<HashAlgorithm> BANKS =
      List.of(HashAlgorithm.SHA1, HashAlgorithm.SHA256, HashAlgorithm.SHA384);

  private final UnaryOperator<byte[]> tpm;
  private final @Nullable SoftwareTpm software;
  private final VtpmCommands commands;
  private final Set<AzureVtpmFault> faults;
  private final ReportIndex report;
  private final int largestIndex;
  private final RSAPublicKey attestationPublicKey;
  private final Optional<RSAPublicKey> endorsementPublicKey;
  private @Nullable RsaSigningKey attestationKey;
  private @Nullable RsaSigningKey endorsementKey;

  private AzureVtpm(
      UnaryOperator<byte[]> tpm,
      @Nullable SoftwareTpm software,
      InstantSource clock,
      Set<AzureVtpmFault> faults) {
    this.tpm = tpm;
    this.software = software;
    this.faults = EnumSet.noneOf(AzureVtpmFault.class);
    this.faults.addAll(faults);
    commands = new VtpmCommands(tpm);
    report = new ReportIndex(commands, this.faults, clock);
    largestIndex = commands.property(NV_INDEX_MAX);
    attestationPublicKey = provisionAk();
    endorsementPublicKey =
        largestIndex < HclReportWriter.USUAL_SIZE ? Optional.empty() : Optional.of(makeEk());
  }

  /** Made of a new {@link SoftwareTpm}. */
  static AzureVtpm inSoftware(String seed, InstantSource clock, Set<AzureVtpmFault> faults) {
    SoftwareTpm tpm = SoftwareTpm.builder().seed(seed).clock(clock).build();
    return new AzureVtpm(tpm::transmit, tpm, clock, faults);
  }

  /** Made of a TPM that was started, and that nobody used yet. */
  static AzureVtpm over(
      UnaryOperator<byte[]> tpm, InstantSource clock, Set<AzureVtpmFault> faults) {
    return new AzureVtpm(tpm, null, clock, faults);
  }

  /**
   * What stands between the guest and its TPM.
   *
   * @param command with its header; anything at all
   * @return the response with its header
   */
  public synchronized byte[] transmit(byte[] command) {
    Optional<GuestCommand> seen = GuestCommand.of(command);
    if (seen.isEmpty()) {
      return tpm.apply(command);
    }
    if (seen.get().reads(REPORT_INDEX)) {
      report.beforeRead(seen.get().offset());
    }
    return tpm.apply(seen.get().limited(MAX_QUALIFYING_DATA));
  }

  /**
   * The key under {@link #AK_HANDLE}, as only this simulation can have it.
   *
   * @throws IllegalStateException if it is in another TPM than a {@link SoftwareTpm}
   */
  public RsaSigningKey attestationKey() {
    return known(attestationKey);
  }

  /**
   * The endorsement key, which the paravisor publishes and never makes persistent.
   *
   * @throws IllegalStateException if it is in another TPM than a {@link SoftwareTpm}
   */
  public RsaSigningKey endorsementKey() {
    return known(endorsementKey);
  }

  /** The public half of the attestation key that the paravisor made. */
  RSAPublicKey attestationPublicKey() {
    return attestationPublicKey;
  }

  /** The public half of the endorsement key, if reports have room for it. */
  Optional<RSAPublicKey> endorsementPublicKey() {
    return endorsementPublicKey;
  }

  /** The most that an NV index of this TPM holds, in bytes. */
  int largestIndex() {
    return largestIndex;
  }

  /** Measures a boot: what its log tells is extended in every bank. */
  void measure(BootLogWriter log) {
    for (BootLogWriter.Extend extend : log.extensions()) {
      commands.extend(extend, BANKS);
    }
  }

  /**
   * Writes the first report, and from now on answers for more.
   *
   * @param source the HCL report for 64 bytes of user data
   * @param certificate of the attestation key, DER
   */
  void publish(UnaryOperator<Bytes> source, Bytes certificate) {
    report.publish(source);
    publishCertificate(certificate);
    commands.closePlatform();
  }

  /** The vTPM's commands, as the guest's own software gives them. */
  VtpmCommands guest() {
    return new VtpmCommands(this::transmit);
  }

  /** Sets a PCR as no command can: no log will explain it. */
  void replacePcr(int pcr, Bytes value) {
    if (software == null) {
      throw new IllegalStateException("this TPM's registers change by its commands alone");
    }
    software.replacePcr(HashAlgorithm.SHA256, pcr, value);
  }

  private static RsaSigningKey known(@Nullable RsaSigningKey key) {
    if (key == null) {
      throw new IllegalStateException("this TPM keeps its private keys to itself");
    }
    return key;
  }

  private RSAPublicKey makeEk() {
    VtpmCommands.Created ek = commands.createPrimary(ekTemplate());
    endorsementKey = software == null ? null : software.privateKey(ek.handle());
    commands.flush(ek.handle());
    return ek.rsaKey();
  }

  private RSAPublicKey provisionAk() {
    VtpmCommands.Created ak = commands.createPrimary(akTemplate(Bytes.zeros(256)));
    attestationKey = software == null ? null : software.privateKey(ak.handle());
    if (faults.contains(AzureVtpmFault.REPLACED_AK)) {
      VtpmCommands.Created other = commands.createPrimary(akTemplate(Bytes.ofHex("ff")));
      commands.persist(other.handle(), AK_HANDLE);
      commands.flush(other.handle());
    } else if (!faults.contains(AzureVtpmFault.MISSING_AK)) {
      commands.persist(ak.handle(), AK_HANDLE);
    }
    commands.flush(ak.handle());
    return ak.rsaKey();
  }

  private void publishCertificate(Bytes certificate) {
    if (faults.contains(AzureVtpmFault.MISSING_AK_CERTIFICATE)) {
      return;
    }
    boolean owners = faults.contains(AzureVtpmFault.OWNER_DEFINED_AK_CERTIFICATE);
    boolean exact = faults.contains(AzureVtpmFault.UNPADDED_AK_CERTIFICATE);
    int size = exact ? certificate.size() : Math.min(AK_CERTIFICATE_SIZE, largestIndex);
    Bytes auth = owners ? Bytes.empty() : secret("AK");
    commands.define(
        owners ? VtpmCommands.OWNER : VtpmCommands.PLATFORM,
        auth,
        AK_CERTIFICATE_INDEX,
        owners ? OWNER_INDEX : PLATFORM_INDEX,
        size);
    if (!faults.contains(AzureVtpmFault.UNWRITTEN_AK_CERTIFICATE)) {
      Bytes padded = certificate.concat(Bytes.zeros(size - certificate.size()));
      commands.write(AK_CERTIFICATE_INDEX, auth, padded);
    }
  }

  /** An index's authorisation value, which the paravisor draws and tells nobody. */
  static Bytes secret(String purpose) {
    return Hashes.digest("SHA-256", "index authorisation " + purpose);
  }

  /** fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, noDA, restricted and sign. */
  private static Bytes akTemplate(Bytes unique) {
    return new TpmWriter()
        .u16(0x0001)
        .u16(0x000B)
        .u32(0x00050472)
        .u16(0)
        .u16(0x0010)
        .u16(0x0014)
        .u16(0x000B)
        .u16(2048)
        .u32(0)
        .sized(unique)
        .bytes();
  }

  /** TCG EK Credential Profile 2.4, template L-1: RSA-2048, PolicyA, AES-128-CFB. */
  private static Bytes ekTemplate() {
    Bytes policyA = Bytes.ofHex("837197674484b3f81a90cc8d46a5d724fd52d76e06520b64f2a1da1b331469aa");
    return new TpmWriter()
        .u16(0x0001)
        .u16(0x000B)
        .u32(0x000300B2)
        .sized(policyA)
        .u16(0x0006)
        .u16(128)
        .u16(0x0043)
        .u16(0x0010)
        .u16(2048)
        .u32(0)
        .sized(Bytes.zeros(256))
        .bytes();
  }
}

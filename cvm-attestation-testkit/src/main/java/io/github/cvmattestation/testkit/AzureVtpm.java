package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.testkit.tpm.TpmWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The vTPM that the paravisor gives an Azure confidential VM: a {@link SoftwareTpm} with Azure's
 * objects in it, and a paravisor that answers when one of them is read (openvmm, {@code vmm_core
 * vmotherboard vtpm}; layout as in its {@code tpm} crate).
 *
 * <p>The guest may define NV index {@link #USER_DATA_INDEX} and write 64 bytes into it. A read of
 * {@link #REPORT_INDEX} from offset 0 has the paravisor ask the hardware for a report over them, if
 * more than two seconds have passed since the last; otherwise the reader gets the old one and is
 * told nothing. The platform hierarchy is closed to the guest.
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
  private static final long PLATFORM_INDEX = 0x42060004L;

  /** OWNERWRITE, AUTHWRITE, OWNERREAD and AUTHREAD. */
  private static final long OWNER_INDEX = 0x00060006L;

  /** What another process wrote before it had the report refreshed. */
  private static final Bytes OF_ANOTHER_PROCESS = Bytes.ofHex("a5".repeat(USER_DATA_SIZE));

  private static final int QUOTE = 0x158;
  private static final int CERTIFY = 0x148;

  private static final List<HashAlgorithm> BANKS =
      List.of(HashAlgorithm.SHA1, HashAlgorithm.SHA256, HashAlgorithm.SHA384);

  private final SoftwareTpm tpm;
  private final VtpmCommands commands;
  private final Set<AzureVtpmFault> faults;
  private final InstantSource clock;
  private final RsaSigningKey attestationKey;
  private final RsaSigningKey endorsementKey;
  private @Nullable UnaryOperator<Bytes> reports;
  private Instant reported = Instant.MIN;
  private boolean torn;

  AzureVtpm(String seed, InstantSource clock, Set<AzureVtpmFault> faults) {
    this.clock = clock;
    this.faults = EnumSet.noneOf(AzureVtpmFault.class);
    this.faults.addAll(faults);
    tpm = SoftwareTpm.builder().seed(seed).clock(clock).build();
    commands = new VtpmCommands(tpm::transmit);
    attestationKey = provisionAk();
    VtpmCommands.Created ek = commands.createPrimary(ekTemplate());
    endorsementKey = tpm.privateKey(ek.handle());
    commands.flush(ek.handle());
    tpm.onNvRead(this::beforeRead);
  }

  /**
   * What stands between the guest and its TPM.
   *
   * @param command with its header; anything at all
   * @return the response with its header
   */
  public byte[] transmit(byte[] command) {
    return tpm.transmit(limited(command));
  }

  /** The key under {@link #AK_HANDLE}, as only this simulation can have it. */
  public RsaSigningKey attestationKey() {
    return attestationKey;
  }

  /** The endorsement key, which the paravisor publishes and never makes persistent. */
  public RsaSigningKey endorsementKey() {
    return endorsementKey;
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
    Bytes report = source.apply(Bytes.zeros(USER_DATA_SIZE));
    if (!faults.contains(AzureVtpmFault.MISSING_REPORT)) {
      commands.define(
          VtpmCommands.PLATFORM, secret("report"), REPORT_INDEX, PLATFORM_INDEX, report.size());
      if (!faults.contains(AzureVtpmFault.UNWRITTEN_REPORT)) {
        reports = source;
        tpm.replaceNv(REPORT_INDEX, report.toArray());
        reported = clock.instant();
      }
    }
    publishCertificate(certificate);
    commands.closePlatform();
  }

  /** The vTPM's commands, as the guest's own software gives them. */
  VtpmCommands guest() {
    return new VtpmCommands(this::transmit);
  }

  /** Sets a PCR as no command can: no log will explain it. */
  void replacePcr(int pcr, Bytes value) {
    tpm.replacePcr(HashAlgorithm.SHA256, pcr, value);
  }

  private RsaSigningKey provisionAk() {
    VtpmCommands.Created ak = commands.createPrimary(akTemplate(Bytes.zeros(256)));
    RsaSigningKey key = tpm.privateKey(ak.handle());
    if (faults.contains(AzureVtpmFault.REPLACED_AK)) {
      VtpmCommands.Created other = commands.createPrimary(akTemplate(Bytes.ofHex("ff")));
      commands.persist(other.handle(), AK_HANDLE);
      commands.flush(other.handle());
    } else if (!faults.contains(AzureVtpmFault.MISSING_AK)) {
      commands.persist(ak.handle(), AK_HANDLE);
    }
    commands.flush(ak.handle());
    return key;
  }

  private void publishCertificate(Bytes certificate) {
    if (faults.contains(AzureVtpmFault.MISSING_AK_CERTIFICATE)) {
      return;
    }
    boolean owners = faults.contains(AzureVtpmFault.OWNER_DEFINED_AK_CERTIFICATE);
    boolean exact = faults.contains(AzureVtpmFault.UNPADDED_AK_CERTIFICATE);
    int size = exact ? certificate.size() : AK_CERTIFICATE_SIZE;
    if (owners) {
      commands.define(VtpmCommands.OWNER, Bytes.empty(), AK_CERTIFICATE_INDEX, OWNER_INDEX, size);
    } else {
      commands.define(
          VtpmCommands.PLATFORM, secret("AK"), AK_CERTIFICATE_INDEX, PLATFORM_INDEX, size);
    }
    if (!faults.contains(AzureVtpmFault.UNWRITTEN_AK_CERTIFICATE)) {
      Bytes padded = certificate.concat(Bytes.zeros(size - certificate.size()));
      tpm.replaceNv(AK_CERTIFICATE_INDEX, padded.toArray());
    }
  }

  /** An index's authorisation value, which the paravisor draws and tells nobody. */
  private static Bytes secret(String purpose) {
    return Hashes.digest("SHA-256", "index authorisation " + purpose);
  }

  /** The paravisor sees every read before it is answered. */
  private void beforeRead(int index, int offset, int size) {
    if (index != REPORT_INDEX || reports == null) {
      return;
    }
    boolean interrupted = offset != 0 && torn && faults.contains(AzureVtpmFault.TORN_REPORT);
    boolean due = clock.instant().isAfter(reported.plus(REPORT_PERIOD));
    if (interrupted) {
      refresh(reports, OF_ANOTHER_PROCESS);
      torn = false;
    } else if (offset == 0) {
      if (due && !faults.contains(AzureVtpmFault.STALE_REPORT)) {
        refresh(reports, userData());
      }
      torn = true;
    }
  }

  /** As the owner reads it; nothing if the owner may not, or nobody wrote it. */
  private Bytes userData() {
    byte[] written = tpm.readNvAsOwner(USER_DATA_INDEX).orElseGet(() -> new byte[0]);
    return Bytes.of(Arrays.copyOf(written, USER_DATA_SIZE));
  }

  private void refresh(UnaryOperator<Bytes> source, Bytes userData) {
    tpm.replaceNv(REPORT_INDEX, source.apply(userData).toArray());
    reported = clock.instant();
  }

  /**
   * Azure's vTPM takes no more than 50 bytes of qualifying data. What is too long loses its end, so
   * that the TPM finds a structure of a wrong size, as there.
   */
  private static byte[] limited(byte[] command) {
    int code = command.length < 10 ? 0 : (command[8] & 0xFF) << 8 | (command[9] & 0xFF);
    if (code != QUOTE && code != CERTIFY) {
      return command;
    }
    int at = 10 + 4 * (code == QUOTE ? 1 : 2);
    if (command.length < at + 4) {
      return command;
    }
    int authorizations = number(command, at);
    long parameter = (long) at + 4 + authorizations;
    if (authorizations < 0 || parameter + 2 > command.length) {
      return command;
    }
    int size = (command[(int) parameter] & 0xFF) << 8 | (command[(int) parameter + 1] & 0xFF);
    if (size <= MAX_QUALIFYING_DATA) {
      return command;
    }
    byte[] refused = command.clone();
    refused[(int) parameter] = (byte) 0xFF;
    refused[(int) parameter + 1] = (byte) 0xFF;
    return refused;
  }

  private static int number(byte[] octets, int at) {
    return (octets[at] & 0xFF) << 24
        | (octets[at + 1] & 0xFF) << 16
        | (octets[at + 2] & 0xFF) << 8
        | (octets[at + 3] & 0xFF);
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

package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.spi.Guest;
import io.github.cvmattestation.attestation.spi.GuestKey;
import io.github.cvmattestation.azure.internal.guest.EvidenceCollector;
import io.github.cvmattestation.azure.internal.guest.GuestLock;
import io.github.cvmattestation.azure.internal.guest.HostServices;
import io.github.cvmattestation.azure.internal.guest.MeasuredBootLog;
import io.github.cvmattestation.azure.internal.guest.OsInfo;
import io.github.cvmattestation.azure.internal.guest.Pauses;
import io.github.cvmattestation.azure.internal.guest.RemoteHost;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmTransport;
import io.github.cvmattestation.vtpm.TpmTransports;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Azure confidential VM that this program runs in, SEV-SNP or TDX: it collects evidence for
 * {@link AzureCvmVerifier} and makes keys that a key service can release secrets to.
 *
 * <p>The nonce is bound twice: the vTPM's quote carries it, and the hardware's report carries
 * {@link ReportData#of} of it as user data, so that neither can be older than the other. Safe for
 * use by several threads, one after the other. It talks to the vTPM, to the host's services at
 * 169.254.169.254 ({@link AzureImds}), to AMD ({@link AmdKds}), to Azure's mirror of Intel's
 * service and, where that says nothing, to Intel's own ({@link IntelPcs#azure}); what those answer
 * is untrusted, here as everywhere.
 */
public final class AzureCvmAttester implements Guest {
  /** The media type of {@link GuestKey#statement()}: AttestationInfo of Azure's service, JSON. */
  public static final String STATEMENT_MEDIA_TYPE =
      "application/vnd.cvm-attestation.azure-guest+json";

  private final Tpm tpm;
  private final EvidenceCollector collector;

  private AzureCvmAttester(Builder builder) {
    TpmTransport transport =
        builder.transport != null ? builder.transport : local(builder.os.type());
    OsInfo os = builder.os;
    tpm = Tpm.over(transport, builder.pause);
    collector =
        new EvidenceCollector(
            tpm,
            builder.host != null ? builder.host : builder.remoteHost(),
            os,
            builder.bootLog != null ? builder.bootLog : () -> MeasuredBootLog.local(os.type()),
            builder.lockFile != null ? builder.lockFile : GuestLock.defaultFile(),
            builder.pause);
  }

  private static TpmTransport local(OsInfo.Type os) {
    return os == OsInfo.Type.WINDOWS ? TpmTransports.windows() : TpmTransports.linux();
  }

  /**
   * The VM that this program runs in, with its own vTPM, its host's services, AMD's key
   * distribution service, and Intel's through Azure's mirror or itself.
   *
   * @throws AttestationException.Device if there is no TPM, or it may not be opened
   */
  public static AzureCvmAttester local() {
    return builder().build();
  }

  /** One to be configured. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * What this VM is, by what its vTPM holds.
   *
   * @throws AttestationException.Device if the vTPM cannot be asked, or holds what no Azure VM has
   */
  public synchronized AzurePlatform platform() {
    Optional<HclReport.ReportType> type = collector.detect();
    if (type.isEmpty()) {
      return collector.hasAttestationKey() ? AzurePlatform.TRUSTED_LAUNCH : AzurePlatform.NONE;
    }
    return switch (type.get()) {
      case SNP -> AzurePlatform.SNP;
      case TDX -> AzurePlatform.TDX;
    };
  }

  /**
   * Evidence in the form {@link AzureCvmEvidence.Form#V2}, over all PCRs of the SHA-256 bank.
   *
   * @param nonce at most 50 bytes
   */
  @Override
  public Evidence attest(Nonce nonce) {
    return attest(nonce, ReportData.of(nonce));
  }

  /**
   * As {@link #attest(Nonce)}, with user data of the caller's in the hardware's report: a verifier
   * names the same to {@link AzureCvmVerifier#verify(Evidence, Endorsements, Nonce, ReportData,
   * java.time.Instant)}.
   */
  public synchronized Evidence attest(Nonce nonce, ReportData userData) {
    return collector.evidence(nonce, userData).toEvidence();
  }

  /** The certificates and lists, or the collateral, with which the evidence verifies offline. */
  @Override
  public synchronized Endorsements endorsementsFor(Evidence evidence) {
    try {
      return collector.endorsements(AzureCvmEvidence.parse(evidence.content()));
    } catch (MalformedException e) {
      throw new AttestationException.Configuration(
          "this is no evidence of an Azure confidential VM: " + e.problem(),
          "pass what attest returned");
    }
  }

  /**
   * The log of this boot, which says what the registers hold: for {@link
   * io.github.cvmattestation.attestation.eventlog.EventLog}, here or at a verifier's. Nothing in it
   * is proven before it adds up to quoted registers. Empty where the operating system keeps none.
   *
   * @throws AttestationException.Device if there is one that this user may not read
   */
  public Optional<Bytes> bootLog() {
    return collector.bootLog();
  }

  @Override
  public void forget() {
    collector.forgetEndorsements();
  }

  /**
   * Makes an RSA key in the vTPM's null hierarchy, bound to PCR 0 to 7 (on Windows also 11 to 14),
   * and has the attestation key certify it. The hardware's report carries {@link
   * ReportData#binding} of nonce and key.
   */
  @Override
  public synchronized GuestKey newKey(Nonce nonce) {
    return collector.newKey(nonce);
  }

  /** Lets go of the vTPM. Keys that were made with this work no longer. */
  @Override
  public void close() {
    tpm.close();
  }

  /** Configures an {@link AzureCvmAttester}. */
  public static final class Builder {
    private @Nullable TpmTransport transport;
    private @Nullable Supplier<Optional<Bytes>> bootLog;
    private @Nullable Path lockFile;
    private @Nullable HostServices host;
    private @Nullable AzureImds imds;
    private @Nullable AmdKds kds;
    private @Nullable IntelPcs pcs;
    private OsInfo os = OsInfo.local();
    private Consumer<Duration> pause = Pauses::sleep;

    private Builder() {}

    /** Talks to this TPM instead of {@code /dev/tpmrm0} or Windows' TPM Base Services. */
    public Builder tpm(TpmTransport chosen) {
      transport = chosen;
      return this;
    }

    /** Takes the log of this boot from here instead of where the operating system keeps it. */
    public Builder bootLog(Supplier<Optional<Bytes>> chosen) {
      bootLog = chosen;
      return this;
    }

    /**
     * The file by which processes of this VM take turns; all of them have to name the same, and who
     * may open it can make them wait. The TPM's device, unless set.
     */
    public Builder lockFile(Path chosen) {
      lockFile = chosen;
      return this;
    }

    /** Waits in this way instead of sleeping: for tests, whose time passes at once. */
    public Builder pause(Consumer<Duration> chosen) {
      pause = chosen;
      return this;
    }

    /** Asks this for VCEK and TD quotes instead of the host at its link-local address. */
    public Builder imds(AzureImds chosen) {
      imds = chosen;
      return this;
    }

    /**
     * Asks these for endorsements instead of {@link AmdKds#published} and {@link IntelPcs#azure}.
     * What they know is shared by all attesters that share them.
     */
    public Builder endorsements(AmdKds amd, IntelPcs intel) {
      kds = amd;
      pcs = intel;
      return this;
    }

    private HostServices remoteHost() {
      return new RemoteHost(
          imds != null ? imds : AzureImds.local(),
          kds != null ? kds : AmdKds.published(),
          pcs != null ? pcs : IntelPcs.azure());
    }

    Builder host(HostServices chosen) {
      host = chosen;
      return this;
    }

    Builder os(OsInfo chosen) {
      os = chosen;
      return this;
    }

    /**
     * The attester.
     *
     * @throws AttestationException.Device if there is no TPM, or it may not be opened
     */
    public AzureCvmAttester build() {
      return new AzureCvmAttester(this);
    }
  }
}

package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.spi.Attester;
import java.time.Duration;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.UnaryOperator;

/**
 * A simulated Azure confidential VM: an AMD chip with its VCEK or an Intel platform with its PCK
 * certificate, a paravisor with its HCL report, and a vTPM with an attestation key and 24 PCRs.
 * What it hands out is complete and consistent, and no default trust anchor believes it.
 *
 * <p>The builder makes it lie as well: what a switch changes goes into the claims, the report and
 * the quote <em>before</em> they are hashed and signed. Its vTPM is an {@link AzureVtpm}, which
 * executes commands; its time stands still but for {@link #advance} and a second for each quote.
 * Safe for use by several threads.
 */
public final class SimulatedCvm implements Attester {
  /** Media type of Azure evidence as JSON. */
  public static final String MEDIA_TYPE = "application/vnd.cvm-attestation.azure+json";

  private final SimulatedMachine machine;
  private final AzureVtpm vtpm;
  private final VtpmCommands guest;
  private final SteppedClock clock;
  private final Bytes eventLog;
  private final Optional<UnaryOperator<TpmQuoteWriter>> quoteChanges;
  private final Optional<Bytes> impossibleReport;
  private final int evidenceVersion;

  SimulatedCvm(SimulatedCvmBuilder from) {
    machine = from.machine();
    clock = new SteppedClock(from.at);
    vtpm =
        from.tpm
            .map(tpm -> AzureVtpm.over(tpm, clock, from.faults))
            .orElseGet(() -> AzureVtpm.inSoftware(from.seed, clock, from.faults));
    guest = vtpm.guest();
    quoteChanges = from.quoteChanges;
    evidenceVersion = from.evidenceVersion;
    BootLogWriter log = LinuxBoot.log(from.secureBoot, from.at);
    vtpm.measure(log);
    eventLog = log.write();
    from.changedPcrs.forEach(vtpm::replacePcr);
    Paravisor paravisor =
        new Paravisor(
            machine, vtpm, from.seed, from.secureBoot, from.claimsChanges, from.hclChanges);
    Bytes first = paravisor.report(Bytes.zeros(AzureVtpm.USER_DATA_SIZE));
    // What is no NV index of a TPM is a lie that only a messenger can tell.
    boolean fits = !first.isEmpty() && first.size() <= vtpm.largestIndex();
    impossibleReport = fits ? Optional.empty() : Optional.of(first);
    boolean provisional = from.faults.contains(AzureVtpmFault.PROVISIONAL_AK_CERTIFICATE);
    vtpm.publish(
        fits ? paravisor::report : data -> Bytes.zeros(1),
        paravisor.akCertificate(from.at, provisional));
  }

  /** A healthy Genoa VM of today, with keys of its own. */
  public static SimulatedCvm create() {
    return builder().build();
  }

  /** For another machine, another time, or a lie. */
  public static SimulatedCvmBuilder builder() {
    return new SimulatedCvmBuilder();
  }

  /**
   * The HCL report, the VCEK or the TD quote, and a fresh quote over all PCRs with the nonce as its
   * qualifying data: read from the vTPM by the commands that a guest gives.
   */
  @Override
  public Evidence attest(Nonce nonce) {
    if (nonce.value().size() > AzureVtpm.MAX_QUALIFYING_DATA) {
      throw new AttestationException.Configuration(
          "an Azure vTPM quotes a nonce of at most " + AzureVtpm.MAX_QUALIFYING_DATA + " bytes",
          "draw one of 32 bytes");
    }
    SignedQuote quote = quote(nonce.value());
    Bytes report = hclReport();
    String json =
        machine.evidence(
            evidenceVersion,
            report,
            Paravisor.hardwareReport(machine.tee(), report),
            quote,
            pcrs().values());
    return new Evidence(MEDIA_TYPE, Bytes.of(json.getBytes(UTF_8)));
  }

  /** What isolates this machine. */
  public Tee tee() {
    return machine.tee();
  }

  /**
   * Of an SEV-SNP machine ASK and ARK as PEM, and a fresh revocation list that revokes nothing; of
   * a TDX machine a bundle of collateral, as a document.
   */
  public Endorsements endorsements() {
    return machine.endorsements();
  }

  /** The root and the intermediates of this machine's line, or Intel's root. */
  public TrustAnchors trustAnchors() {
    return machine.trustAnchors();
  }

  /** A report of the chip itself, as a guest without a paravisor would get it: 1184 bytes. */
  public Bytes snpReport(ReportData reportData) {
    return snp().hardwareReport(reportData);
  }

  /** VCEK, ASK and ARK in the table that a host hands out with an extended report. */
  public Bytes certificateTable() {
    return snp().certificateTable();
  }

  /** A TDREPORT, as a guest without a paravisor would get it: 1024 bytes. */
  public Bytes tdReport(ReportData reportData) {
    return tdx().hardwareReport(reportData);
  }

  /** A TD quote, as a guest without a paravisor would get it. */
  public Bytes tdQuote(ReportData reportData) {
    return tdx().quote(tdReport(reportData));
  }

  /**
   * A TD quote made from a TDREPORT, as the host's quoting service makes one for a guest with a
   * paravisor.
   *
   * @param tdReport 1024 bytes
   */
  public Bytes tdQuoteOf(Bytes tdReport) {
    return tdx().quote(tdReport);
  }

  /** What Intel publishes about the platform of a TDX machine. */
  public IntelCollateral collateral() {
    return tdx().collateral();
  }

  /**
   * A quote over all PCRs with any qualifying data: made by the vTPM, unless quotes are to lie,
   * which no TPM does.
   */
  public SignedQuote quote(Bytes extraData) {
    clock.step();
    if (quoteChanges.isEmpty()) {
      return guest.quote(AzureVtpm.AK_HANDLE, extraData, HashAlgorithm.SHA256);
    }
    TpmQuoteWriter writer =
        TpmQuoteWriter.of(pcrs())
            .extraData(extraData)
            .clock(clock.sinceStart().toMillis(), 1, 0, 1);
    return quoteChanges.get().apply(writer).signRsassa(attestationKey(), "SHA-256");
  }

  /** The HCL report as the guest reads it from NV, usually 2600 bytes. */
  public Bytes hclReport() {
    return impossibleReport.orElseGet(() -> guest.read(AzureVtpm.REPORT_INDEX));
  }

  /** The vTPM: what a guest's software opens as {@code /dev/tpmrm0}. */
  public AzureVtpm vtpm() {
    return vtpm;
  }

  /** Lets the vTPM's time pass, without waiting. */
  public void advance(Duration time) {
    clock.advance(time);
  }

  /**
   * What firmware, boot loader and kernel wrote down of what they measured: it adds up to the PCRs,
   * but for those that {@link SimulatedCvmBuilder#pcr} set.
   */
  public Bytes eventLog() {
    return eventLog;
  }

  /** The VCEK of an SEV-SNP machine. */
  public Leaf leaf() {
    return snp().leaf();
  }

  /** The PCK certificate of a TDX machine. */
  public IntelCertificate pck() {
    return tdx().pck();
  }

  /**
   * The vTPM's attestation key.
   *
   * @throws IllegalStateException if it is in another TPM than a {@link SoftwareTpm}
   */
  public RsaSigningKey attestationKey() {
    return vtpm.attestationKey();
  }

  /** All 24 PCRs of the SHA-256 bank, by index. */
  public SortedMap<Integer, Bytes> pcrs() {
    return guest.pcrs(HashAlgorithm.SHA256);
  }

  /** Who issued the VCEK. */
  public FakeAmdPki pki() {
    return snp().pki();
  }

  /** Who issued the PCK certificate. */
  public FakeIntelPki intelPki() {
    return tdx().pki();
  }

  /** The product line of an SEV-SNP machine. */
  public Line line() {
    return snp().line();
  }

  private SnpMachine snp() {
    if (machine instanceof SnpMachine snp) {
      return snp;
    }
    throw new IllegalStateException("no SEV-SNP machine: " + machine.tee());
  }

  private TdxMachine tdx() {
    if (machine instanceof TdxMachine tdx) {
      return tdx;
    }
    throw new IllegalStateException("no TDX machine: " + machine.tee());
  }
}

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
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
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

  private static final int TD_REPORT_SIZE = 1024;

  private final SimulatedMachine machine;
  private final AzureVtpm vtpm;
  private final VtpmCommands guest;
  private final SteppedClock clock;
  private final Bytes eventLog;
  private final Optional<UnaryOperator<TpmQuoteWriter>> quoteChanges;
  private final Optional<Bytes> impossibleReport;
  private final int evidenceVersion;

  private SimulatedCvm(Builder from) {
    machine = from.machine();
    clock = new SteppedClock(from.at);
    vtpm = new AzureVtpm(from.seed, clock, from.faults);
    guest = vtpm.guest();
    quoteChanges = from.quoteChanges;
    evidenceVersion = from.evidenceVersion;
    BootLogWriter log = LinuxBoot.log(from.secureBoot, from.at);
    vtpm.measure(log);
    eventLog = log.write();
    from.changedPcrs.forEach(vtpm::replacePcr);
    UnaryOperator<Bytes> reports = userData -> hclReport(from, userData);
    Bytes first = reports.apply(Bytes.zeros(AzureVtpm.USER_DATA_SIZE));
    // What is no NV index of a TPM is a lie that only a messenger can tell.
    boolean fits = !first.isEmpty() && first.size() <= AzureVtpm.AK_CERTIFICATE_SIZE;
    impossibleReport = fits ? Optional.empty() : Optional.of(first);
    vtpm.publish(fits ? reports : data -> Bytes.zeros(1), akCertificate(from));
  }

  private Bytes hclReport(Builder from, Bytes userData) {
    RuntimeClaims claims =
        RuntimeClaims.of(vtpm.attestationKey(), vtpm.endorsementKey())
            .secureBoot(from.secureBoot)
            .vmUniqueId(UUID.nameUUIDFromBytes(from.seed.getBytes(UTF_8)).toString())
            .userData(userData);
    HclReportWriter hcl =
        from.hclChanges.apply(machine.hcl(from.claimsChanges.apply(claims).json()));
    return hcl.write(machine.hardwareReport(hcl.reportData()));
  }

  /** As Azure's own, but for who signed it: no root of Microsoft's is behind it. */
  private Bytes akCertificate(Builder from) {
    EcSigningKey authority = EcSigningKey.p256("Simulated Virtual TPM CA");
    return new CertificateWriter()
        .issuer("Simulated Virtual TPM CA")
        .subject("simulated.ConfidentialVM.Azure.windows.net")
        .validity(from.at.minusSeconds(86_400), from.at.plusSeconds(364L * 86_400))
        .publicKey(vtpm.attestationKey().subjectPublicKeyInfo())
        .sign(authority);
  }

  /** A healthy Genoa VM of today, with keys of its own. */
  public static SimulatedCvm create() {
    return builder().build();
  }

  /** For another machine, another time, or a lie. */
  public static Builder builder() {
    return new Builder();
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
        machine.evidence(evidenceVersion, report, hardwareReport(report), quote, pcrs().values());
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

  private Bytes hardwareReport(Bytes report) {
    int start = Math.min(HclReportWriter.HARDWARE_REPORT_OFFSET, report.size());
    int size = machine.tee() == Tee.TDX ? TD_REPORT_SIZE : HclReportWriter.HARDWARE_REPORT_SIZE;
    return Tampering.resize(report.slice(start, report.size()), size);
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
   * but for those that {@link Builder#pcr} set.
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

  /** The vTPM's attestation key. */
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

  /** What the simulated machine is like. */
  public static final class Builder {
    private static final long DEBUG = 1L << 19;
    private static final long AZURE_POLICY = 0x3001F;

    private Instant at = Instant.now();
    private String seed = UUID.randomUUID().toString();
    private Tee tee = Tee.SNP;
    private Line line = Line.GENOA;
    private boolean secureBoot = true;
    private int evidenceVersion = 1;
    private final Map<Integer, Bytes> changedPcrs = new TreeMap<>();
    private final TdxMachine.Changes tdxChanges = new TdxMachine.Changes();
    private UnaryOperator<SnpReportWriter> reportChanges = UnaryOperator.identity();
    private UnaryOperator<LeafSpec> leafChanges = UnaryOperator.identity();
    private UnaryOperator<RuntimeClaims> claimsChanges = UnaryOperator.identity();
    private UnaryOperator<HclReportWriter> hclChanges = UnaryOperator.identity();
    private Optional<UnaryOperator<TpmQuoteWriter>> quoteChanges = Optional.empty();
    private final Set<AzureVtpmFault> faults = EnumSet.noneOf(AzureVtpmFault.class);

    private Builder() {}

    /** The instant around which its certificates hold; now, unless set. */
    public Builder at(Instant instant) {
      at = instant;
      return this;
    }

    /** From which all keys and ids follow; random, unless set. */
    public Builder seed(String value) {
      seed = value;
      return this;
    }

    /** What isolates it; SEV-SNP, unless set. */
    public Builder tee(Tee value) {
      tee = value;
      return this;
    }

    /** An Intel TDX machine. */
    public Builder tdx() {
      return tee(Tee.TDX);
    }

    /** The product line of an SEV-SNP machine; Genoa, unless set. */
    public Builder line(Line value) {
      line = value;
      return this;
    }

    /** Version of the hardware report, 2 to 5; 3, unless set. Comes before other report changes. */
    public Builder reportVersion(int version) {
      return report(writer -> writer.version(version));
    }

    /** Whether the firmware checks what it starts; it does, unless set. PCR 7 follows. */
    public Builder secureBoot(boolean on) {
      secureBoot = on;
      return this;
    }

    /** Lets the host debug the guest: POLICY bit 19, or bit 0 of a TD's ATTRIBUTES. */
    public Builder debug() {
      return report(writer -> writer.policy(AZURE_POLICY | DEBUG))
          .tdReport(writer -> writer.tdAttributes(1));
    }

    /** VMPL of the report; 0, unless set. */
    public Builder vmpl(long level) {
      return report(writer -> writer.vmpl(level));
    }

    /** Sets a PCR of the SHA-256 bank, 32 bytes, to what no log explains. */
    public Builder pcr(int index, Bytes value) {
      changedPcrs.put(index, value);
      return this;
    }

    /** Claims that the guest wrote this into NV index 0x01400002, 64 bytes, whatever it wrote. */
    public Builder userData(Bytes value) {
      return claims(writer -> writer.userData(value));
    }

    /** Sets vmUniqueId; it follows from the seed, unless set. */
    public Builder vmUniqueId(String guid) {
      return claims(writer -> writer.vmUniqueId(guid));
    }

    /** Form of the evidence: 1 or 2, or 0 of SEV-SNP alone; 1, unless set. */
    public Builder evidenceVersion(int version) {
      evidenceVersion = version;
      return this;
    }

    /** Changes the hardware report before it is signed, after earlier changes. */
    public Builder report(UnaryOperator<SnpReportWriter> change) {
      reportChanges = both(reportChanges, change);
      return this;
    }

    /** Changes the VCEK before it is signed, after earlier changes. */
    public Builder leaf(UnaryOperator<LeafSpec> change) {
      leafChanges = both(leafChanges, change);
      return this;
    }

    /** Version of the TD quote, 4 or 5; 4, unless set, as on Azure. */
    public Builder tdQuoteVersion(int version) {
      tdxChanges.quoteVersion = version;
      return this;
    }

    /** Changes the TDREPORT before it is hashed and quoted, after earlier changes. */
    public Builder tdReport(UnaryOperator<TdReportWriter> change) {
      tdxChanges.tdReport = both(tdxChanges.tdReport, change);
      return this;
    }

    /** Changes every TD quote before it is signed, after earlier changes. */
    public Builder tdQuote(UnaryOperator<TdQuoteWriter> change) {
      tdxChanges.tdQuote = both(tdxChanges.tdQuote, change);
      return this;
    }

    /** Changes the PCK certificate before it is signed, after earlier changes. */
    public Builder pck(UnaryOperator<IntelCertificateSpec> change) {
      tdxChanges.pck = both(tdxChanges.pck, change);
      return this;
    }

    /** Changes TCB Info before it is signed, after earlier changes. */
    public Builder tcbInfo(UnaryOperator<TcbInfoWriter> change) {
      tdxChanges.tcbInfo = both(tdxChanges.tcbInfo, change);
      return this;
    }

    /** Changes QE Identity before it is signed, after earlier changes. */
    public Builder qeIdentity(UnaryOperator<QeIdentityWriter> change) {
      tdxChanges.qeIdentity = both(tdxChanges.qeIdentity, change);
      return this;
    }

    /** Changes the collateral of a TDX machine, after earlier changes. */
    public Builder collateral(UnaryOperator<IntelCollateral> change) {
      tdxChanges.collateral = both(tdxChanges.collateral, change);
      return this;
    }

    /** Changes the runtime claims before they are hashed, after earlier changes. */
    public Builder claims(UnaryOperator<RuntimeClaims> change) {
      claimsChanges = both(claimsChanges, change);
      return this;
    }

    /** Changes the frame around report and claims, after earlier changes. */
    public Builder hcl(UnaryOperator<HclReportWriter> change) {
      hclChanges = both(hclChanges, change);
      return this;
    }

    /** Changes every quote before it is signed, after earlier changes. */
    public Builder quote(UnaryOperator<TpmQuoteWriter> change) {
      quoteChanges = Optional.of(both(quoteChanges.orElse(UnaryOperator.identity()), change));
      return this;
    }

    /** Has the vTPM fail as real ones have failed. */
    public Builder fault(AzureVtpmFault fault) {
      faults.add(fault);
      return this;
    }

    /** The machine. */
    public SimulatedCvm build() {
      if (tee == Tee.TDX && evidenceVersion == 0) {
        throw new IllegalStateException("TDX evidence has no form 0");
      }
      return new SimulatedCvm(this);
    }

    private static <T> UnaryOperator<T> both(UnaryOperator<T> first, UnaryOperator<T> then) {
      return value -> then.apply(first.apply(value));
    }

    private SimulatedMachine machine() {
      return switch (tee) {
        case SNP ->
            new SnpMachine(FakeAmdPki.seeded(at, seed), line, seed, leafChanges, reportChanges);
        case TDX -> new TdxMachine(FakeIntelPki.seeded(at, seed), seed, tdxChanges);
      };
    }
  }
}

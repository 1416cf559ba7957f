package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;

/** What the simulated machine is like. */
public final class SimulatedCvmBuilder {
  private static final long DEBUG = 1L << 19;
  private static final long AZURE_POLICY = 0x3001F;

  Instant at = Instant.now();
  String seed = UUID.randomUUID().toString();
  Optional<UnaryOperator<byte[]>> tpm = Optional.empty();
  Tee tee = Tee.SNP;
  Line line = Line.GENOA;
  boolean secureBoot = true;
  int evidenceVersion = 1;
  final Map<Integer, Bytes> changedPcrs = new TreeMap<>();
  final TdxMachine.Changes tdxChanges = new TdxMachine.Changes();
  UnaryOperator<SnpReportWriter> reportChanges = UnaryOperator.identity();
  UnaryOperator<LeafSpec> leafChanges = UnaryOperator.identity();
  UnaryOperator<RuntimeClaims> claimsChanges = UnaryOperator.identity();
  UnaryOperator<HclReportWriter> hclChanges = UnaryOperator.identity();
  Optional<UnaryOperator<TpmQuoteWriter>> quoteChanges = Optional.empty();
  final Set<AzureVtpmFault> faults = EnumSet.noneOf(AzureVtpmFault.class);

  SimulatedCvmBuilder() {}

  /** The instant around which its certificates hold; now, unless set. */
  public SimulatedCvmBuilder at(Instant instant) {
    at = instant;
    return this;
  }

  /** From which all keys and ids follow; random, unless set. */
  public SimulatedCvmBuilder seed(String value) {
    seed = value;
    return this;
  }

  /**
   * What executes the commands of its vTPM: a TPM that was started, and that nobody used yet, such
   * as a {@link Swtpm}; a {@link SoftwareTpm} made from the seed, unless set. Such a TPM draws keys
   * of its own, and tells no lies: neither {@link #quote} nor {@link #pcr} goes with it.
   *
   * @param commands takes a command and gives its response; closing it is the caller's
   */
  public SimulatedCvmBuilder tpm(UnaryOperator<byte[]> commands) {
    tpm = Optional.of(commands);
    return this;
  }

  /** What isolates it; SEV-SNP, unless set. */
  public SimulatedCvmBuilder tee(Tee value) {
    tee = value;
    return this;
  }

  /** An Intel TDX machine. */
  public SimulatedCvmBuilder tdx() {
    return tee(Tee.TDX);
  }

  /** The product line of an SEV-SNP machine; Genoa, unless set. */
  public SimulatedCvmBuilder line(Line value) {
    line = value;
    return this;
  }

  /** Version of the hardware report, 2 to 5; 3, unless set. Comes before other report changes. */
  public SimulatedCvmBuilder reportVersion(int version) {
    return report(writer -> writer.version(version));
  }

  /** Whether the firmware checks what it starts; it does, unless set. PCR 7 follows. */
  public SimulatedCvmBuilder secureBoot(boolean on) {
    secureBoot = on;
    return this;
  }

  /** Lets the host debug the guest: POLICY bit 19, or bit 0 of a TD's ATTRIBUTES. */
  public SimulatedCvmBuilder debug() {
    return report(writer -> writer.policy(AZURE_POLICY | DEBUG))
        .tdReport(writer -> writer.tdAttributes(1));
  }

  /** VMPL of the report; 0, unless set. */
  public SimulatedCvmBuilder vmpl(long level) {
    return report(writer -> writer.vmpl(level));
  }

  /** Sets a PCR of the SHA-256 bank, 32 bytes, to what no log explains. */
  public SimulatedCvmBuilder pcr(int index, Bytes value) {
    changedPcrs.put(index, value);
    return this;
  }

  /** Claims that the guest wrote this into NV index 0x01400002, 64 bytes, whatever it wrote. */
  public SimulatedCvmBuilder userData(Bytes value) {
    return claims(writer -> writer.userData(value));
  }

  /** Sets vmUniqueId; it follows from the seed, unless set. */
  public SimulatedCvmBuilder vmUniqueId(String guid) {
    return claims(writer -> writer.vmUniqueId(guid));
  }

  /** Form of the evidence: 1 or 2, or 0 of SEV-SNP alone; 1, unless set. */
  public SimulatedCvmBuilder evidenceVersion(int version) {
    evidenceVersion = version;
    return this;
  }

  /** Changes the hardware report before it is signed, after earlier changes. */
  public SimulatedCvmBuilder report(UnaryOperator<SnpReportWriter> change) {
    reportChanges = both(reportChanges, change);
    return this;
  }

  /** Changes the VCEK before it is signed, after earlier changes. */
  public SimulatedCvmBuilder leaf(UnaryOperator<LeafSpec> change) {
    leafChanges = both(leafChanges, change);
    return this;
  }

  /** Version of the TD quote, 4 or 5; 4, unless set, as on Azure. */
  public SimulatedCvmBuilder tdQuoteVersion(int version) {
    tdxChanges.quoteVersion = version;
    return this;
  }

  /** TD quotes of version 5 with this body, such as {@link TdBodyWriter#TD_1_5_EX}. */
  public SimulatedCvmBuilder tdQuoteBody(int type) {
    tdxChanges.bodyType = type;
    return tdQuoteVersion(5);
  }

  /** Changes the TDREPORT before it is hashed and quoted, after earlier changes. */
  public SimulatedCvmBuilder tdReport(UnaryOperator<TdReportWriter> change) {
    tdxChanges.tdReport = both(tdxChanges.tdReport, change);
    return this;
  }

  /** Changes every TD quote before it is signed, after earlier changes. */
  public SimulatedCvmBuilder tdQuote(UnaryOperator<TdQuoteWriter> change) {
    tdxChanges.tdQuote = both(tdxChanges.tdQuote, change);
    return this;
  }

  /** Changes the PCK certificate before it is signed, after earlier changes. */
  public SimulatedCvmBuilder pck(UnaryOperator<IntelCertificateSpec> change) {
    tdxChanges.pck = both(tdxChanges.pck, change);
    return this;
  }

  /** Changes TCB Info before it is signed, after earlier changes. */
  public SimulatedCvmBuilder tcbInfo(UnaryOperator<TcbInfoWriter> change) {
    tdxChanges.tcbInfo = both(tdxChanges.tcbInfo, change);
    return this;
  }

  /** Changes QE Identity before it is signed, after earlier changes. */
  public SimulatedCvmBuilder qeIdentity(UnaryOperator<QeIdentityWriter> change) {
    tdxChanges.qeIdentity = both(tdxChanges.qeIdentity, change);
    return this;
  }

  /** Changes the collateral of a TDX machine, after earlier changes. */
  public SimulatedCvmBuilder collateral(UnaryOperator<IntelCollateral> change) {
    tdxChanges.collateral = both(tdxChanges.collateral, change);
    return this;
  }

  /** Changes the runtime claims before they are hashed, after earlier changes. */
  public SimulatedCvmBuilder claims(UnaryOperator<RuntimeClaims> change) {
    claimsChanges = both(claimsChanges, change);
    return this;
  }

  /** Changes the frame around report and claims, after earlier changes. */
  public SimulatedCvmBuilder hcl(UnaryOperator<HclReportWriter> change) {
    hclChanges = both(hclChanges, change);
    return this;
  }

  /** Changes every quote before it is signed, after earlier changes. */
  public SimulatedCvmBuilder quote(UnaryOperator<TpmQuoteWriter> change) {
    quoteChanges = Optional.of(both(quoteChanges.orElse(UnaryOperator.identity()), change));
    return this;
  }

  /** Has the vTPM fail as real ones have failed. */
  public SimulatedCvmBuilder fault(AzureVtpmFault fault) {
    faults.add(fault);
    return this;
  }

  /** The machine. */
  public SimulatedCvm build() {
    if (tee == Tee.TDX && evidenceVersion == 0) {
      throw new IllegalStateException("TDX evidence has no form 0");
    }
    if (tpm.isPresent() && (quoteChanges.isPresent() || !changedPcrs.isEmpty())) {
      throw new IllegalStateException("a TPM that was given tells no lies");
    }
    return new SimulatedCvm(this);
  }

  private static <T> UnaryOperator<T> both(UnaryOperator<T> first, UnaryOperator<T> then) {
    return value -> then.apply(first.apply(value));
  }

  SimulatedMachine machine() {
    return switch (tee) {
      case SNP ->
          new SnpMachine(FakeAmdPki.seeded(at, seed), line, seed, leafChanges, reportChanges);
      case TDX -> new TdxMachine(FakeIntelPki.seeded(at, seed), seed, tdxChanges);
    };
  }
}

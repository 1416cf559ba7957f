package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.spi.Attester;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * A simulated Azure confidential VM with SEV-SNP: a chip with its VCEK, a paravisor with its HCL
 * report, and a vTPM with an attestation key and 24 PCRs. What it hands out is complete and
 * consistent, and no default trust anchor believes it.
 *
 * <p>The builder makes it lie as well: what a switch changes goes into the claims, the report and
 * the quote <em>before</em> they are hashed and signed. Immutable but for the vTPM's clock; safe
 * for use by several threads.
 */
public final class SimulatedCvm implements Attester {
  /** Media type of Azure evidence as JSON. */
  public static final String MEDIA_TYPE = "application/vnd.cvm-attestation.azure+json";

  /** What an Azure vTPM takes as qualifying data, in bytes. */
  private static final int MAX_QUALIFYING_DATA = 50;

  private final FakeAmdPki pki;
  private final Line line;
  private final Leaf leaf;
  private final RsaSigningKey ak;
  private final SortedMap<Integer, Bytes> pcrs;
  private final UnaryOperator<SnpReportWriter> reportChanges;
  private final UnaryOperator<TpmQuoteWriter> quoteChanges;
  private final Bytes chipId;
  private final Bytes hclReport;
  private final int evidenceVersion;
  private final AtomicLong clock = new AtomicLong(1_000_000);

  private SimulatedCvm(Builder from) {
    String seed = from.seed;
    line = from.line;
    pki = FakeAmdPki.seeded(from.at, seed);
    ak = RsaSigningKey.of(2048, seed + " AK");
    pcrs = Collections.unmodifiableSortedMap(new TreeMap<>(from.pcrs()));
    reportChanges = from.reportChanges;
    quoteChanges = from.quoteChanges;
    evidenceVersion = from.evidenceVersion;
    chipId = line.chipId(seed);
    leaf = pki.issue(from.leafChanges.apply(LeafSpec.vcek(line).hardwareId(chipId)));
    RuntimeClaims claims =
        RuntimeClaims.of(ak, RsaSigningKey.of(2048, seed + " EK"))
            .secureBoot(from.secureBoot)
            .vmUniqueId(UUID.nameUUIDFromBytes(seed.getBytes(UTF_8)).toString());
    HclReportWriter hcl = HclReportWriter.snp(from.claimsChanges.apply(claims).json());
    hcl = from.hclChanges.apply(hcl.version(line == Line.MILAN ? 1 : 2));
    hclReport = hcl.write(snpReport(hcl.reportData()));
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
   * The HCL report that was made at boot, the VCEK, and a fresh quote over all PCRs with the nonce
   * as its qualifying data.
   */
  @Override
  public Evidence attest(Nonce nonce) {
    if (nonce.value().size() > MAX_QUALIFYING_DATA) {
      throw new AttestationException.Configuration(
          "an Azure vTPM quotes a nonce of at most " + MAX_QUALIFYING_DATA + " bytes",
          "draw one of 32 bytes");
    }
    SignedQuote quote = quote(nonce.value());
    String json =
        evidenceVersion == 0
            ? CocoEvidence.v0(hclReport, leaf.certificate(), quote, pcrs.values())
            : CocoEvidence.versioned(
                evidenceVersion, hclReport, leaf.certificate(), quote, pcrs.values());
    return new Evidence(MEDIA_TYPE, Bytes.of(json.getBytes(UTF_8)));
  }

  /** ASK and ARK as PEM, and a fresh revocation list that revokes nothing. */
  public Endorsements endorsements() {
    return Endorsements.ofCertificates(pki.chainPem(line))
        .withRevocationList(pki.crl(CrlSpec.of(line)));
  }

  /** The root and the intermediates of this machine's line. */
  public TrustAnchors trustAnchors() {
    return pki.trustAnchors(line);
  }

  /** A report of the chip itself, as a guest without a paravisor would get it: 1184 bytes. */
  public Bytes snpReport(ReportData reportData) {
    SnpReportWriter writer = SnpReportWriter.of(line).chipId(chipId).reportData(reportData);
    return reportChanges.apply(writer).sign(leaf.key());
  }

  /** VCEK, ASK and ARK in the table that a host hands out with an extended report. */
  public Bytes certificateTable() {
    return AmdCertificateTableWriter.empty()
        .add(AmdCertificateTableWriter.VCEK, leaf.certificate())
        .add(AmdCertificateTableWriter.ASK, pki.ask(line).certificate())
        .add(AmdCertificateTableWriter.ARK, pki.ark(line).certificate())
        .write();
  }

  /** A quote over all PCRs with any qualifying data. */
  public SignedQuote quote(Bytes extraData) {
    TpmQuoteWriter writer =
        TpmQuoteWriter.of(pcrs).extraData(extraData).clock(clock.addAndGet(1000), 2, 0, 1);
    return quoteChanges.apply(writer).signRsassa(ak, "SHA-256");
  }

  /** The HCL report, 2600 bytes. */
  public Bytes hclReport() {
    return hclReport;
  }

  /** The chip's VCEK. */
  public Leaf leaf() {
    return leaf;
  }

  /** The vTPM's attestation key. */
  public RsaSigningKey attestationKey() {
    return ak;
  }

  /** All 24 PCRs of the SHA-256 bank, by index. */
  public SortedMap<Integer, Bytes> pcrs() {
    return pcrs;
  }

  /** Who issued the VCEK. */
  public FakeAmdPki pki() {
    return pki;
  }

  /** The chip's product line. */
  public Line line() {
    return line;
  }

  /** What the simulated machine is like. */
  public static final class Builder {
    private static final long DEBUG = 1L << 19;
    private static final long AZURE_POLICY = 0x3001F;

    private Instant at = Instant.now();
    private String seed = UUID.randomUUID().toString();
    private Line line = Line.GENOA;
    private boolean secureBoot = true;
    private int evidenceVersion = 1;
    private final Map<Integer, Bytes> changedPcrs = new TreeMap<>();
    private UnaryOperator<SnpReportWriter> reportChanges = UnaryOperator.identity();
    private UnaryOperator<LeafSpec> leafChanges = UnaryOperator.identity();
    private UnaryOperator<RuntimeClaims> claimsChanges = UnaryOperator.identity();
    private UnaryOperator<HclReportWriter> hclChanges = UnaryOperator.identity();
    private UnaryOperator<TpmQuoteWriter> quoteChanges = UnaryOperator.identity();

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

    /** The product line; Genoa, unless set. */
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

    /** Lets the host debug the guest: POLICY bit 19. */
    public Builder debug() {
      return report(writer -> writer.policy(AZURE_POLICY | DEBUG));
    }

    /** VMPL of the report; 0, unless set. */
    public Builder vmpl(long level) {
      return report(writer -> writer.vmpl(level));
    }

    /** Sets a PCR of the SHA-256 bank, 32 bytes. */
    public Builder pcr(int index, Bytes value) {
      changedPcrs.put(index, value);
      return this;
    }

    /** What the guest wrote into NV index 0x01400002, 64 bytes; zeros, unless set. */
    public Builder userData(Bytes value) {
      return claims(writer -> writer.userData(value));
    }

    /** Sets vmUniqueId; it follows from the seed, unless set. */
    public Builder vmUniqueId(String guid) {
      return claims(writer -> writer.vmUniqueId(guid));
    }

    /** Form of the evidence: 0, 1 or 2; 1, unless set. */
    public Builder evidenceVersion(int version) {
      evidenceVersion = version;
      return this;
    }

    /** Changes the hardware report before it is signed, after earlier changes. */
    public Builder report(UnaryOperator<SnpReportWriter> change) {
      UnaryOperator<SnpReportWriter> before = reportChanges;
      reportChanges = writer -> change.apply(before.apply(writer));
      return this;
    }

    /** Changes the VCEK before it is signed, after earlier changes. */
    public Builder leaf(UnaryOperator<LeafSpec> change) {
      UnaryOperator<LeafSpec> before = leafChanges;
      leafChanges = spec -> change.apply(before.apply(spec));
      return this;
    }

    /** Changes the runtime claims before they are hashed, after earlier changes. */
    public Builder claims(UnaryOperator<RuntimeClaims> change) {
      UnaryOperator<RuntimeClaims> before = claimsChanges;
      claimsChanges = writer -> change.apply(before.apply(writer));
      return this;
    }

    /** Changes the frame around report and claims, after earlier changes. */
    public Builder hcl(UnaryOperator<HclReportWriter> change) {
      UnaryOperator<HclReportWriter> before = hclChanges;
      hclChanges = writer -> change.apply(before.apply(writer));
      return this;
    }

    /** Changes every quote before it is signed, after earlier changes. */
    public Builder quote(UnaryOperator<TpmQuoteWriter> change) {
      UnaryOperator<TpmQuoteWriter> before = quoteChanges;
      quoteChanges = writer -> change.apply(before.apply(writer));
      return this;
    }

    /** The machine. */
    public SimulatedCvm build() {
      return new SimulatedCvm(this);
    }

    /**
     * As a Linux guest leaves them: firmware, boot loader and kernel in 0 to 7, 9, 10, 12 and 14;
     * those for dynamic launch, 17 to 22, all ones; the rest zero.
     */
    private Map<Integer, Bytes> pcrs() {
      Map<Integer, Bytes> values = new TreeMap<>();
      for (int index = 0; index < 24; index++) {
        boolean measured = index < 8 || index == 9 || index == 10 || index == 12 || index == 14;
        if (measured) {
          String state = index == 7 ? (secureBoot ? " secure boot" : " no secure boot") : "";
          values.put(index, Hashes.digest("SHA-256", "PCR " + index + state));
        } else {
          values.put(index, Bytes.ofHex((index > 16 && index < 23 ? "ff" : "00").repeat(32)));
        }
      }
      values.putAll(changedPcrs);
      return values;
    }
  }
}

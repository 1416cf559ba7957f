package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.azure.AzureAttestation;
import io.github.cvmattestation.azure.AzureCvmEvidence;
import io.github.cvmattestation.azure.AzureCvmVerifier;
import io.github.cvmattestation.azure.AzurePolicy;
import io.github.cvmattestation.cli.Console.Color;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.SnpClaims;
import io.github.cvmattestation.snp.SnpPolicy;
import io.github.cvmattestation.snp.SnpReport;
import io.github.cvmattestation.tdx.TdxClaims;
import io.github.cvmattestation.tdx.TdxPolicy;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SimulatedCvmBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm demo}: the whole path, on a VM that exists only in this process. */
final class Demo implements Command {
  private static final String TEE = "--tee";
  private static final int BOOT_LOADER = 4;
  private static final int SECURE_BOOT = 7;
  private static final String VM = "4f9f5d0e-3c1b-4f6e-9a44-6c764d000001";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
                "demo",
                this,
                "Attests a simulated confidential VM on Azure, end to end; then tampers with it.")
            .addOption(
                Options.value(TEE, "KIND", "The hardware to simulate: snp (the default) or tdx.")
                    .build());
    spec.usageMessage().footerHeading("%nExamples:%n").footer("  cvm demo", "  cvm demo --tee tdx");
    return Options.withCommon(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) {
    String tee = Options.text(arguments, TEE).orElse("snp");
    if (!tee.equals("snp") && !tee.equals("tdx")) {
      throw Options.wrong(arguments, TEE + " is snp or tdx");
    }
    return new Run(console, tee.equals("tdx")).all() ? Cvm.OK : Cvm.REFUSED;
  }

  /** One demonstration. */
  private static final class Run {
    private final Console console;
    private final Instant now = Instant.now();
    private final Nonce nonce = Nonce.random();
    private final boolean tdx;
    private final SimulatedCvm machine;
    private final Evidence evidence;
    private final Endorsements endorsements;
    private final AzureCvmVerifier verifier;

    Run(Console console, boolean tdx) {
      this.console = console;
      this.tdx = tdx;
      SimulatedCvmBuilder builder = SimulatedCvm.builder().at(now).vmUniqueId(VM);
      machine = tdx ? builder.tdx().build() : builder.build();
      evidence = machine.attest(nonce);
      endorsements = machine.endorsements();
      verifier =
          AzureCvmVerifier.builder()
              .trustAnchors(machine.trustAnchors())
              .signatures(SignatureBackends.jdk())
              .build();
    }

    /** Everything, in order; true if all came out as it must. */
    boolean all() {
      title("1  A nonce is drawn: evidence that names it was made after it");
      console.line("   " + nonce.value().hex());
      title("2  The VM hands over its evidence: " + evidence.content().size() + " bytes of JSON");
      console.line(
          "   A simulated VM with keys of its own. Its trust anchors are passed explicitly;");
      console.line("   production defaults refuse them (5).");
      title("3  The evidence is verified, link by link");
      if (!(verifier.verify(evidence, endorsements, nonce, now)
          instanceof Verification.Verified verified)) {
        console.line("   refuted, which is a mistake of this program's");
        return false;
      }
      new ChainOfTrust(console, tdx).print(verified.checks());
      parts(AzureAttestation.of(verified.claims()).orElseThrow());
      // No short cut: each of them is worth seeing even if one before it fails.
      boolean affirmed = appraise(verified);
      boolean strangersRefused = refuseStrangers();
      boolean forgeryRefused = refuseForgery();
      return affirmed && strangersRefused && forgeryRefused;
    }

    private void parts(AzureAttestation parts) {
      console.line("");
      console.line("   What is proven: the four parts of an Azure attestation");
      parts.snp().ifPresent(snp -> part("hardware report", described(snp)));
      parts.tdx().ifPresent(claims -> part("hardware report", described(claims)));
      part(
          "boot settings",
          "Secure Boot "
              + (parts.bootSettings().secureBoot() ? "on" : "off")
              + ", VM "
              + parts.bootSettings().vmUniqueId());
      part("firmware", "launch measurement " + parts.firmwareMeasurement().abbreviated());
      part(
          "operating system",
          "PCR 4 "
              + pcr(parts, BOOT_LOADER)
              + ", PCR 7 "
              + pcr(parts, SECURE_BOOT)
              + ", and 22 more");
    }

    private static String described(SnpClaims snp) {
      SnpReport report = snp.report();
      return snp.productLine().label()
          + ", report version "
          + report.version()
          + ", VMPL "
          + report.vmpl()
          + ", debugging "
          + (report.policy().debugAllowed() ? "allowed" : "forbidden");
    }

    private static String described(TdxClaims tdx) {
      return "TDX, quote version "
          + tdx.quote().version()
          + ", TCB "
          + tdx.tcb().status()
          + " of "
          + tdx.tcb().tcbDate()
          + ", debugging "
          + (tdx.quote().body().attributes().debug() ? "allowed" : "forbidden");
    }

    private static String pcr(AzureAttestation parts, int index) {
      return parts
          .osMeasurements()
          .pcr(HashAlgorithm.SHA256, index)
          .map(Bytes::abbreviated)
          .orElse("not quoted");
    }

    private boolean appraise(Verification.Verified verified) {
      title("4  The claims are appraised: is it the machine we want?");
      AttestationResult result = policy().appraise(verified);
      if (result instanceof AttestationResult.Affirmed) {
        outcome(
            true,
            "AFFIRMED",
            (tdx ? "TCB status, attributes" : "product line, guest policy")
                + ", Secure Boot, VM id, PCR 4 and PCR 7");
        return true;
      }
      outcome(false, "REJECTED", "which is a mistake of this program's");
      result.findings().forEach(finding -> VerdictText.print(finding, "   ", console));
      return false;
    }

    /** What somebody knows who deployed this VM. */
    private AppraisalPolicy policy() {
      AzurePolicy azure =
          AzurePolicy.builder()
              .requireVmUniqueId(VM)
              .requirePcr(HashAlgorithm.SHA256, BOOT_LOADER, known(BOOT_LOADER))
              .requirePcr(HashAlgorithm.SHA256, SECURE_BOOT, known(SECURE_BOOT))
              .build();
      return tdx ? AppraisalPolicy.of(tdxPolicy(), azure) : AppraisalPolicy.of(snpPolicy(), azure);
    }

    private static SnpPolicy snpPolicy() {
      return SnpPolicy.builder()
          .requireProductLines(Set.of(ProductLine.GENOA))
          .ignoreTcb()
          .ignoreMeasurement()
          .ignoreReportData() // binds the runtime claims, which was verified
          .ignoreHostData()
          .ignoreIdBlock()
          .ignoreChip()
          .requireVmpl(Set.of(0))
          .build();
    }

    private static TdxPolicy tdxPolicy() {
      return TdxPolicy.builder()
          .ignoreMrTd()
          .ignoreRtmrs() // Azure's paravisor extends none: the PCRs say what booted
          .ignoreReportData() // binds the runtime claims, which was verified
          .ignoreMrConfigId()
          .ignoreMrOwner()
          .ignoreMrOwnerConfig()
          .ignorePlatform()
          .build();
    }

    private Bytes known(int pcr) {
      return machine.pcrs().getOrDefault(pcr, Bytes.empty());
    }

    private boolean refuseStrangers() {
      title(
          "5  The same evidence under production defaults: "
              + (tdx ? "Intel's published root" : "AMD's published keys"));
      AzureCvmVerifier production =
          AzureCvmVerifier.builder().signatures(SignatureBackends.jdk()).build();
      return refused(production.verify(evidence, endorsements, nonce, now));
    }

    /** One byte of one PCR: another boot loader was measured, and somebody would rather hide it. */
    private boolean refuseForgery() {
      AzureCvmEvidence genuine = parsed();
      List<Bytes> pcrs = new ArrayList<>(genuine.quote().pcrs());
      byte[] forged = pcrs.get(BOOT_LOADER).toArray();
      String before = Bytes.of(forged[0]).hex();
      forged[0] ^= 0x01;
      pcrs.set(BOOT_LOADER, Bytes.of(forged));
      AzureCvmEvidence.Quote quote =
          new AzureCvmEvidence.Quote(genuine.quote().message(), genuine.quote().signature(), pcrs);
      AzureCvmEvidence changed =
          new AzureCvmEvidence(
              genuine.form(), genuine.wrapped(), genuine.hclReport(), quote, genuine.hardware());
      title(
          "6  One byte of the evidence is forged: the first of PCR 4, "
              + before
              + " → "
              + Bytes.of(forged[0]).hex());
      return refused(verifier.verify(changed.toEvidence(), endorsements, nonce, now));
    }

    private AzureCvmEvidence parsed() {
      try {
        return AzureCvmEvidence.parse(evidence.content());
      } catch (MalformedException e) {
        throw new IllegalStateException("the simulated VM's evidence is not well-formed", e);
      }
    }

    private boolean refused(Verification verification) {
      if (verification instanceof Verification.Verified) {
        outcome(false, "VERIFIED", "which must never happen");
        return false;
      }
      outcome(true, "REFUTED", "as it must be");
      for (Finding finding : verification.findings()) {
        VerdictText.print(finding, "   ", console);
      }
      return true;
    }

    private void title(String text) {
      console.line("");
      console.styled(console.paint(Color.BOLD, text));
    }

    private void part(String name, String content) {
      console.line("     " + ClaimText.padded(name, 18) + content);
    }

    private void outcome(boolean asExpected, String verdict, String remark) {
      console.styled(
          "   "
              + console.paint(asExpected ? Color.GREEN : Color.RED, verdict)
              + console.paint(Color.DIM, "  " + remark));
    }
  }
}

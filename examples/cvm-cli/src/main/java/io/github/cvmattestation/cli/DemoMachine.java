package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.azure.AzureAttestation;
import io.github.cvmattestation.azure.AzurePolicy;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.SnpClaims;
import io.github.cvmattestation.snp.SnpPolicy;
import io.github.cvmattestation.snp.SnpReport;
import io.github.cvmattestation.tdx.TdxClaims;
import io.github.cvmattestation.tdx.TdxPolicy;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What the demonstration wants of its machine, and how it describes it. */
final class DemoMachine {
  static final int BOOT_LOADER = 4;
  static final int SECURE_BOOT = 7;
  static final String VM = "4f9f5d0e-3c1b-4f6e-9a44-6c764d000001";

  private DemoMachine() {}

  /** What somebody knows who deployed this VM. */
  static AppraisalPolicy policy(SimulatedCvm machine, boolean tdx) {
    AzurePolicy azure =
        AzurePolicy.builder()
            .requireVmUniqueId(VM)
            .requirePcr(HashAlgorithm.SHA256, BOOT_LOADER, known(machine, BOOT_LOADER))
            .requirePcr(HashAlgorithm.SHA256, SECURE_BOOT, known(machine, SECURE_BOOT))
            .build();
    return tdx ? AppraisalPolicy.of(tdxPolicy(), azure) : AppraisalPolicy.of(snpPolicy(), azure);
  }

  private static Bytes known(SimulatedCvm machine, int pcr) {
    return machine.pcrs().getOrDefault(pcr, Bytes.empty());
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

  /** The four parts of an Azure attestation. */
  static List<DemoChapter.Part> parts(AzureAttestation proven) {
    List<DemoChapter.Part> parts = new ArrayList<>();
    proven.snp().ifPresent(snp -> parts.add(part("hardware report", described(snp))));
    proven.tdx().ifPresent(tdx -> parts.add(part("hardware report", described(tdx))));
    parts.add(
        part(
            "boot settings",
            "Secure Boot "
                + (proven.bootSettings().secureBoot() ? "on" : "off")
                + ", VM "
                + proven.bootSettings().vmUniqueId()));
    parts.add(part("firmware", "launch measurement " + proven.firmwareMeasurement().abbreviated()));
    parts.add(
        part(
            "operating system",
            "PCR 4 "
                + pcr(proven, BOOT_LOADER)
                + ", PCR 7 "
                + pcr(proven, SECURE_BOOT)
                + ", and 22 more"));
    return parts;
  }

  private static DemoChapter.Part part(String name, String content) {
    return new DemoChapter.Part(name, content);
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
}

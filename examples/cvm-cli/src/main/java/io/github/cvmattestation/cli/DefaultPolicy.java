package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.eventlog.BootPolicy;
import io.github.cvmattestation.azure.AzureCvmEvidence;
import io.github.cvmattestation.azure.AzurePolicy;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.SnpPolicy;
import io.github.cvmattestation.tdx.TdxPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the command asks of a machine when nobody says more: everything that makes a genuine machine
 * untrustworthy whoever owns it (debugging, migration, uncommitted firmware, on TDX a TCB that is
 * not up to date, Secure Boot off), and nothing that only an owner can know.
 */
final class DefaultPolicy {
  private DefaultPolicy() {}

  /**
   * A policy, and what it does not ask: a reader must not take it for more.
   *
   * @param unasked in the words of the kind of hardware
   */
  record Standard(AppraisalPolicy policy, String unasked) {
    void announce(Console console) {
      console.say(
          "default policy: any " + unasked + " will do; say what you want with --policy FILE");
    }
  }

  /** For an SEV-SNP report alone. */
  static Standard snp() {
    return new Standard(
        AppraisalPolicy.of(snpRule()), "product line, TCB, chip, launch measurement, ID block");
  }

  /** For a TD quote alone. */
  static Standard tdx() {
    return new Standard(AppraisalPolicy.of(tdxRule()), "platform, MRTD, RTMR, MRCONFIGID, MROWNER");
  }

  /** For a VM on Azure, of the kind that its evidence is of; with its event log or without. */
  static Standard azure(Bytes evidence, boolean withLog) {
    boolean tdx = isTdx(evidence);
    List<AppraisalPolicy.Rule> rules = new ArrayList<>();
    rules.add(tdx ? tdxRule() : snpRule());
    rules.add(AzurePolicy.builder().ignoreVmUniqueId().ignorePcrs().build());
    if (withLog) {
      rules.add(BootPolicy.requireSecureBoot());
    }
    return new Standard(
        AppraisalPolicy.of(rules.toArray(AppraisalPolicy.Rule[]::new)),
        (tdx
                ? "platform, MRTD, MRCONFIGID, MROWNER, "
                : "product line, TCB, chip, launch measurement, ID block, ")
            + (withLog ? "VM, PCR and signed boot loader" : "VM and PCR"));
  }

  /** What evidence says it is; the verifier finds out whether that is true. */
  private static boolean isTdx(Bytes evidence) {
    try {
      return AzureCvmEvidence.parse(evidence).hardware() instanceof AzureCvmEvidence.TdQuote;
    } catch (MalformedException e) {
      return false; // refuted anyway
    }
  }

  private static TdxPolicy tdxRule() {
    return TdxPolicy.builder()
        .ignoreMrTd()
        .ignoreRtmrs()
        .ignoreReportData() // the verifier compares it, or says that nobody did
        .ignoreMrConfigId()
        .ignoreMrOwner()
        .ignoreMrOwnerConfig()
        .ignorePlatform()
        .build();
  }

  private static SnpPolicy snpRule() {
    return SnpPolicy.builder()
        .requireProductLines(Set.of(ProductLine.MILAN, ProductLine.GENOA, ProductLine.TURIN))
        .ignoreTcb()
        .ignoreMeasurement()
        .ignoreReportData() // the verifier compares it, or says that nobody did
        .ignoreHostData()
        .ignoreIdBlock()
        .ignoreChip()
        .allowVlekOfAnyProvider()
        .build();
  }
}

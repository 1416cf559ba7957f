package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.azure.AzurePolicy;
import io.github.cvmattestation.snp.ProductLine;
import io.github.cvmattestation.snp.SnpPolicy;
import java.util.Set;

/**
 * What the command asks of a machine when nobody says more: everything that makes a genuine machine
 * untrustworthy whoever owns it (debugging, migration, uncommitted firmware, Secure Boot off), and
 * nothing that only an owner can know.
 */
final class DefaultPolicy {
  /** What it leaves out: a reader must not take it for more. */
  static final String UNASKED =
      "default policy: any product line, TCB, chip, launch measurement, ID block, VM and PCR will"
          + " do; say what you want with --policy FILE";

  private DefaultPolicy() {}

  /** For a report alone. */
  static AppraisalPolicy snp() {
    return AppraisalPolicy.of(snpRule());
  }

  /** For a VM on Azure. */
  static AppraisalPolicy azure() {
    return AppraisalPolicy.of(
        snpRule(), AzurePolicy.builder().ignoreVmUniqueId().ignorePcrs().build());
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

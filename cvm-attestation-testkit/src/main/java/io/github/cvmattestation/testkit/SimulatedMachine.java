package io.github.cvmattestation.testkit;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.TrustAnchors;
import java.util.Collection;

/** The hardware under a simulated VM, and who vouches for it. */
sealed interface SimulatedMachine permits SnpMachine, TdxMachine {
  /** What isolates it. */
  Tee tee();

  /** The frame that the paravisor puts around a hardware report. */
  HclReportWriter hcl(String claims);

  /** What the hardware hands out to the guest. */
  Bytes hardwareReport(ReportData reportData);

  /** Azure evidence as JSON; {@code hardwareReport} is what the paravisor got at boot. */
  String evidence(
      int version,
      Bytes hclReport,
      Bytes hardwareReport,
      SignedQuote quote,
      Collection<Bytes> pcrs);

  /** Everything beside the evidence that a verifier needs. */
  Endorsements endorsements();

  /** The keys that a verifier of this machine starts from. */
  TrustAnchors trustAnchors();
}

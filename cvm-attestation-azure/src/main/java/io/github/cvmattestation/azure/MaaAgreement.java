package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.token.TokenAgreement;
import io.github.cvmattestation.attestation.token.VerifiedToken;
import io.github.cvmattestation.snp.SnpClaims;
import io.github.cvmattestation.tdx.TdxClaims;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Demands that a token of Microsoft Azure Attestation says of the machine what was proven here:
 * what isolates it, what firmware it started, Secure Boot, which VM it is, and that it is about the
 * very hardware report that was verified. A token that does not say contradicts.
 *
 * <p>Then neither verifier has to be trusted alone: a forged report has to deceive both.
 */
public final class MaaAgreement implements TokenAgreement {
  private static final String TEE = "x-ms-isolation-tee";

  /** The one agreement there is: nothing of it is optional. */
  public MaaAgreement() {}

  @Override
  public List<Finding> contradictions(ClaimSet own, VerifiedToken token) {
    Comparison comparison = new Comparison(token);
    Optional<AzureClaims> azure = own.get(AzureClaims.class);
    if (azure.isEmpty() || !(token instanceof MaaToken maa)) {
      comparison.compare("what was verified", "an Azure confidential VM and its token", "others");
      return comparison.findings;
    }
    comparison.compare(
        "secureboot",
        Boolean.toString(azure.get().secureBoot()),
        maa.secureBoot().map(String::valueOf).orElse("nothing"));
    comparison.compare("x-ms-azurevm-vmid", azure.get().vmUniqueId(), maa.vmId().orElse("nothing"));
    comparison.compare(
        TEE + ".x-ms-attestation-type",
        switch (azure.get().tee()) {
          case SNP -> MaaAttestationType.SEV_SNP_VM.claim();
          case TDX -> MaaAttestationType.TDX_VM.claim();
        },
        maa.tee().map(MaaAttestationType::claim).orElse("nothing"));
    own.get(SnpClaims.class)
        .map(SnpClaims::report)
        .ifPresent(
            report -> {
              comparison.octets("x-ms-sevsnpvm-launchmeasurement", report.measurement());
              comparison.octets("x-ms-sevsnpvm-reportdata", report.reportData());
            });
    own.get(TdxClaims.class)
        .map(claims -> claims.quote().body())
        .ifPresent(
            body -> {
              comparison.octets("tdx_mrtd", body.mrTd());
              comparison.octets("tdx_report_data", body.reportData());
            });
    return comparison.findings;
  }

  /** What differs. */
  private static final class Comparison {
    private final List<Finding> findings = new ArrayList<>();
    private final VerifiedToken token;

    Comparison(VerifiedToken token) {
      this.token = token;
    }

    void compare(String claim, String own, String said) {
      if (!own.equals(said)) {
        // The issuer's text is not repeated: it may be anything.
        findings.add(
            Finding.of(
                MaaFinding.MAA_DISAGREES,
                claim + " " + own,
                said.equals("nothing") ? "no such claim" : "another"));
      }
    }

    /** Hexadecimal below what isolates the VM, in either letter case. */
    void octets(String name, Bytes own) {
      String said =
          token instanceof MaaToken maa
                  && maa.claim(TEE, name).orElse(null) instanceof ClaimValue.Text text
              ? text.value().toLowerCase(Locale.ROOT)
              : "nothing";
      if (!own.hex().equals(said)) {
        findings.add(
            Finding.of(
                MaaFinding.MAA_DISAGREES,
                TEE + "." + name + " " + own.abbreviated(),
                said.equals("nothing") ? "no such claim" : "another"));
      }
    }
  }
}

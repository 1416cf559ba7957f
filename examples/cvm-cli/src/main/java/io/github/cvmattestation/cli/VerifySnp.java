package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.snp.SnpVerifier;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm verify snp}: an SEV-SNP report with its certificates. */
final class VerifySnp implements Command {
  private static final String REPORT = "--report";

  private final Optional<TrustAnchors> anchors;

  /** Under {@code anchors}, or AMD's published keys. */
  VerifySnp(Optional<TrustAnchors> anchors) {
    this.anchors = anchors;
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command("snp", this, "Verifies an AMD SEV-SNP attestation report, offline.")
            .addOption(
                Options.value(REPORT, "FILE", "ATTESTATION_REPORT, 1184 bytes.")
                    .required(true)
                    .build());
    Freshness.addTo(spec);
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(
            "  cvm verify snp --report report.bin --certs vcek.pem --nonce 9f3c…",
            "  cvm verify snp --report report.bin --certs chain.pem --crl milan.crl --require-crl",
            "  cvm verify snp --report report.bin --certs table.bin --policy policy.json"
                + " --output json");
    return VerifyOptions.addAppraisal(VerifyOptions.addCertificates(spec, true));
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    boolean json = Options.isJson(arguments);
    Instant at = Options.at(arguments);
    Optional<ReportData> expected = Freshness.expected(arguments);
    Optional<AppraisalPolicy> policy = VerifyOptions.policy(arguments, DefaultPolicy::snp, console);
    Bytes report = InputFile.read(Options.text(arguments, REPORT).orElseThrow());
    Endorsements endorsements = VerifyOptions.endorsements(arguments);

    // One report and then the end: what starts soonest is fastest, and nothing is worth keeping.
    SnpVerifier.Builder builder =
        SnpVerifier.builder()
            .signatures(SignatureBackends.jdk())
            .cacheSize(0)
            .revocation(VerifyOptions.revocation(arguments));
    anchors.ifPresent(builder::trustAnchors);
    SnpVerifier verifier = builder.build();
    Verification verification =
        expected.isPresent()
            ? verifier.verify(report, endorsements, expected.get(), at)
            : verifier.verifyWithoutFreshness(report, endorsements, at);
    Verdict verdict = Verdict.of(verification, policy, Freshness.remarks(expected));
    return VerifyOptions.report(verdict, json, console);
  }
}

package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdxVerifier;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm verify tdx}: a TD quote with Intel's collateral. */
final class VerifyTdx implements Command {
  static final String QUOTE = "--quote";

  private final Optional<TrustAnchors> anchors;

  /** Under {@code anchors}, or Intel's published root. */
  VerifyTdx(Optional<TrustAnchors> anchors) {
    this.anchors = anchors;
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command("tdx", this, "Verifies an Intel TDX quote with its collateral, offline.")
            .addOption(
                Options.value(QUOTE, "FILE", "The quote, version 4 or 5, with its PCK chain.")
                    .required(true)
                    .build());
    Freshness.addTo(spec);
    CollateralOptions.addTo(spec);
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(
            "  cvm verify tdx --quote quote.bin --collateral collateral.json --nonce 9f3c…",
            "  cvm verify tdx --quote quote.bin --tcb-info tcb.json --tcb-chain tcb.pem \\",
            "      --qe-identity qe.json --qe-chain qe.pem --pck-crl pck.crl --root-crl root.crl",
            "  cvm verify tdx --quote quote.bin --collateral collateral.json --policy policy.json"
                + " --output json");
    return VerifyOptions.addAppraisal(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    boolean json = Options.isJson(arguments);
    Instant at = Options.at(arguments);
    Optional<ReportData> expected = Freshness.expected(arguments);
    Optional<AppraisalPolicy> policy = VerifyOptions.policy(arguments, DefaultPolicy::tdx, console);
    Endorsements endorsements;
    try {
      endorsements =
          CollateralOptions.document(arguments)
              .map(Endorsements.none()::withDocument)
              .orElse(Endorsements.none());
    } catch (MalformedException e) {
      return VerifyOptions.report(Verdict.refuted(e), json, console);
    }
    Bytes quote = InputFile.read(Options.text(arguments, QUOTE).orElseThrow(), TdQuote.MAX_SIZE);
    TdxVerifier verifier = verifier(anchors);
    Verification verification =
        expected.isPresent()
            ? verifier.verify(quote, endorsements, expected.get(), at)
            : verifier.verifyWithoutFreshness(quote, endorsements, at);
    Verdict verdict = Verdict.of(verification, policy, Freshness.remarks(expected));
    return VerifyOptions.report(verdict, json, console);
  }

  /** One quote and then the end: what starts soonest is fastest, and nothing is worth keeping. */
  static TdxVerifier verifier(Optional<TrustAnchors> anchors) {
    TdxVerifier.Builder builder =
        TdxVerifier.builder().signatures(SignatureBackends.jdk()).cacheSize(0);
    anchors.ifPresent(builder::trustAnchors);
    return builder.build();
  }
}

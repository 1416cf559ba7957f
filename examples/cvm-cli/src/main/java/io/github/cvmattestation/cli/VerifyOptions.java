package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.ReferenceValues;
import io.github.cvmattestation.snp.Revocation;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** What the kinds of {@code cvm verify} have in common. */
final class VerifyOptions {
  private static final String CERTS = "--certs";
  private static final String CRL = "--crl";
  private static final String REQUIRE_CRL = "--require-crl";
  private static final String POLICY = "--policy";
  private static final String NO_POLICY = "--no-policy";

  private VerifyOptions() {}

  /** Adds what vouches for AMD's chips. */
  static CommandSpec addCertificates(CommandSpec spec, boolean required) {
    return spec.addOption(
            Options.files(
                    CERTS,
                    "Certificates, PEM or DER, several per file, in any order; or the table or",
                    "JSON that a host hands out with the report.")
                .required(required)
                .build())
        .addOption(Options.files(CRL, "Revocation list of the root, PEM or DER.").build())
        .addOption(
            Options.flag(REQUIRE_CRL, "Refute where no current revocation list is given.").build());
  }

  /** Adds instant, policy and output; last, so that they are last in the help. */
  static CommandSpec addAppraisal(CommandSpec spec) {
    spec.addOption(
            Options.value(Options.AT, "INSTANT", "The instant to verify at; default: now.").build())
        .addOption(
            Options.value(
                    POLICY, "FILE", "Appraise with this policy, JSON; unknown members are errors.")
                .build())
        .addOption(Options.flag(NO_POLICY, "Verify only, appraise nothing.").build())
        .addOption(Options.output());
    return Options.withCommon(spec);
  }

  static Endorsements endorsements(ParseResult arguments) throws CouldNotAskException {
    return new Endorsements(Options.contents(arguments, CERTS), Options.contents(arguments, CRL));
  }

  static Revocation revocation(ParseResult arguments) {
    return Options.has(arguments, REQUIRE_CRL) ? Revocation.REQUIRED : Revocation.IF_SUPPLIED;
  }

  /** The policy in the file that was named, else the command's own; nothing if none is wanted. */
  static Optional<AppraisalPolicy> policy(
      ParseResult arguments, Supplier<DefaultPolicy.Standard> standard, Console console)
      throws CouldNotAskException {
    Optional<String> file = Options.text(arguments, POLICY);
    if (Options.has(arguments, NO_POLICY)) {
      if (file.isPresent()) {
        throw Options.wrong(arguments, POLICY + " and " + NO_POLICY + " exclude each other");
      }
      return Optional.empty();
    }
    if (file.isPresent()) {
      return Optional.of(
          AppraisalPolicy.fromReferenceValues(ReferenceValues.parse(InputFile.read(file.get()))));
    }
    DefaultPolicy.Standard chosen = standard.get();
    chosen.announce(console);
    return Optional.of(chosen.policy());
  }

  /** Prints the verdict as asked. */
  static int report(Verdict verdict, boolean json, Console console) {
    if (json) {
      console.out().println(VerdictJson.of(verdict));
    } else {
      new VerdictText(console).print(verdict);
    }
    return verdict.exitCode();
  }
}

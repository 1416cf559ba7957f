package io.github.cvmattestation.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.azure.ReleaseEvaluation;
import io.github.cvmattestation.azure.ReleasePolicy;
import java.io.IOException;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm policy test}: what a release policy would say to a token. */
final class ReleaseTry implements Command {
  private static final String CLAIMS = "--claims";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
                "test",
                this,
                "Says whether a release policy of Azure Key Vault would let the key go to a token with",
                "these claims, and which of its clauses do not hold. The claims are NOT VERIFIED.",
                "Exit code 1 if the policy keeps the key.")
            .addPositional(ReleaseFiles.policy())
            .addOption(
                Options.value(
                        CLAIMS,
                        "FILE",
                        "The token's claims, JSON; or the token itself, whose signature is not looked",
                        "at.")
                    .required(true)
                    .build())
            .addOption(Options.output());
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(
            "  cvm policy test release.json --claims claims.json",
            "  cvm policy test release.json --claims token.jwt --output json");
    return Options.withCommon(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    boolean json = Options.isJson(arguments);
    Optional<ReleasePolicy> policy = ReleaseFiles.policy(arguments, console);
    if (policy.isEmpty()) {
      return Cvm.REFUSED;
    }
    ReleaseEvaluation evaluation;
    try {
      evaluation =
          policy.get().evaluate(ReleaseFiles.claims(Options.text(arguments, CLAIMS).orElseThrow()));
    } catch (MalformedException e) {
      console.say("no claims: " + e.problem());
      return Cvm.REFUSED;
    }
    if (json) {
      console.out().println(ClaimJson.document(to -> write(evaluation, to)));
    } else {
      print(evaluation, console);
    }
    return evaluation.isReleased() ? Cvm.OK : Cvm.REFUSED;
  }

  private static void print(ReleaseEvaluation evaluation, Console console) {
    console.line("--- NOT VERIFIED: the claims are only what the file says ---");
    console.line(
        evaluation.isReleased()
            ? "RELEASED: the policy lets the key go to a genuine token with these claims"
            : "REFUSED: the policy keeps the key");
    for (ReleaseEvaluation.Failure failure : evaluation.failures()) {
      console.line("");
      console.line("  " + failure.path());
      console.line("    claim     " + failure.claim());
      console.line("    expected  " + failure.expected());
      console.line("    found     " + failure.actual());
    }
  }

  private static void write(ReleaseEvaluation evaluation, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("policy", evaluation.isReleased() ? "released" : "refused");
    json.writeBooleanField("verified", false);
    json.writeArrayFieldStart("failures");
    for (ReleaseEvaluation.Failure failure : evaluation.failures()) {
      json.writeStartObject();
      json.writeStringField("path", failure.path());
      json.writeStringField("claim", failure.claim());
      json.writeStringField("expected", failure.expected());
      json.writeStringField("actual", failure.actual());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}

package io.github.cvmattestation.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.azure.ReleasePolicyFinding;
import io.github.cvmattestation.azure.ReleasePolicyLinter;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm policy lint}: what a release policy forgets to ask. */
final class ReleaseLint implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
                "lint",
                this,
                "Finds what a release policy of Azure Key Vault forgets to ask, in its weakest branch.",
                "Exit code 1 if there is anything.")
            .addPositional(ReleaseFiles.policy())
            .addOption(
                ReleaseFiles.many(
                        ReleaseBuild.AUTHORITY,
                        "URL",
                        "An issuer that is accepted. Repeat for several. Without this, any with https.")
                    .build())
            .addOption(Options.output());
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(
            "  cvm policy lint release.json --authority https://contoso.weu.attest.azure.net",
            "  cvm policy lint release.json --output json");
    return Options.withCommon(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    boolean json = Options.isJson(arguments);
    List<String> authorities = ReleaseFiles.values(arguments, ReleaseBuild.AUTHORITY);
    if (!authorities.stream().allMatch(ServiceOptions::isIssuer)) {
      throw Options.wrong(
          arguments, ReleaseBuild.AUTHORITY + " is https://HOST, as a policy has it");
    }
    Bytes text = ReleaseFiles.text(arguments);
    ReleasePolicyLinter linter =
        authorities.isEmpty()
            ? ReleasePolicyLinter.allowAnyAuthority()
            : ReleasePolicyLinter.accepting(authorities.toArray(String[]::new));
    List<Finding> findings = linter.lint(text);
    if (json) {
      console.out().println(ClaimJson.document(to -> write(findings, to)));
    } else {
      console.line(headline(findings));
      VerdictText.findings("Reasons", findings, console);
    }
    if (authorities.isEmpty() && isPolicy(findings)) {
      console.say("any authority was accepted; name yours with " + ReleaseBuild.AUTHORITY);
    }
    return findings.isEmpty() ? Cvm.OK : Cvm.REFUSED;
  }

  private static String headline(List<Finding> findings) {
    if (findings.isEmpty()) {
      return "CLEAN: the policy asks for everything that matters of any VM";
    }
    return isPolicy(findings)
        ? "WEAK: the policy gives the key away"
        : "MALFORMED: the file is no release policy";
  }

  private static boolean isPolicy(List<Finding> findings) {
    return findings.stream()
        .noneMatch(finding -> finding.code() == ReleasePolicyFinding.POLICY_FORM);
  }

  private static void write(List<Finding> findings, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField(
        "lint", findings.isEmpty() ? "clean" : isPolicy(findings) ? "weak" : "malformed");
    VerdictJson.findings("findings", findings, json);
    json.writeEndObject();
  }
}

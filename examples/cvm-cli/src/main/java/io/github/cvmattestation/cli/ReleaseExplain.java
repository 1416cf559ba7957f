package io.github.cvmattestation.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.cvmattestation.azure.ReleaseCondition;
import io.github.cvmattestation.azure.ReleaseCondition.Clause;
import io.github.cvmattestation.azure.ReleaseCondition.Value;
import io.github.cvmattestation.azure.ReleasePolicy;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm policy explain}: a release policy in plain sentences. */
final class ReleaseExplain implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
                "explain",
                this,
                "Says in plain sentences what a release policy of Azure Key Vault asks.")
            .addPositional(ReleaseFiles.policy())
            .addOption(Options.output());
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(
            "  cvm policy explain release.json", "  cvm policy explain release.json --output json");
    return Options.withCommon(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    boolean json = Options.isJson(arguments);
    Optional<ReleasePolicy> policy = ReleaseFiles.policy(arguments, console);
    if (policy.isEmpty()) {
      return Cvm.REFUSED;
    }
    List<String> sentences = sentences(policy.get());
    if (json) {
      console.out().println(ClaimJson.document(to -> write(policy.get(), sentences, to)));
    } else {
      sentences.forEach(console::line);
      console.line("");
      console.line("Hash of the canonical form: " + policy.get().hash());
    }
    return Cvm.OK;
  }

  private static void write(ReleasePolicy policy, List<String> sentences, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("hash", policy.hash());
    json.writeArrayFieldStart("sentences");
    for (String sentence : sentences) {
      json.writeString(sentence);
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static List<String> sentences(ReleasePolicy policy) {
    List<String> lines = new ArrayList<>();
    int branches = policy.branches().size();
    lines.add(
        branches == 1
            ? "The key is released to a token:"
            : "The key is released to a token that fits any one of " + branches + " branches:");
    for (ReleasePolicy.Branch branch : policy.branches()) {
      lines.add("- issued by " + branch.authority() + ", and " + word(branch.conditions()));
      add(branch.conditions(), "  ", lines);
    }
    return lines;
  }

  private static void add(ReleaseCondition.Group group, String indent, List<String> lines) {
    for (ReleaseCondition condition : group.conditions()) {
      if (condition instanceof ReleaseCondition.Group inner) {
        lines.add(indent + "- " + word(inner));
        add(inner, indent + "  ", lines);
      } else {
        lines.add(indent + "- " + sentence((Clause) condition));
      }
    }
  }

  private static String word(ReleaseCondition.Group group) {
    return group instanceof ReleaseCondition.AllOf
        ? "all of this holds:"
        : "at least one of this holds:";
  }

  /** A clause in words. */
  static String sentence(Clause clause) {
    String value = value(clause.value());
    String words =
        switch (clause.operator()) {
          case EQUALS -> " is " + value;
          case NOT_EQUALS -> " is there, and is not " + value;
          case LESS -> " is a number below " + value;
          case LESS_OR_EQUALS -> " is a number, at most " + value;
          case GREATER -> " is a number above " + value;
          case GREATER_OR_EQUALS -> " is a number, at least " + value;
          case EXISTS ->
              clause.value().equals(Value.of(true)) ? " is there, whatever it is" : " is not there";
        };
    return "the claim " + clause.claim() + words;
  }

  private static String value(Value value) {
    if (value instanceof Value.Text text) {
      return "the text \"" + text.value() + "\"";
    } else if (value instanceof Value.Whole number) {
      return Long.toString(number.value());
    }
    return Boolean.toString(((Value.Flag) value).value());
  }
}

package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm inspect}: what a file is, and what it says; nothing of it is verified. */
final class Inspect implements Command {
  private static final String NOT_VERIFIED =
      "NOT VERIFIED: what follows is only what the file says";

  /** A screen has some 24 lines. */
  private static final int LINES_PER_REMINDER = 20;

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
                "inspect",
                this,
                "Says what a file is and prints its fields. Verifies nothing.",
                "Knows reports, TD quotes, certificates, revocation lists, certificate tables, THIM",
                "answers, Intel's collateral, HCL reports, TPM quotes, event logs, evidence of Azure",
                "VMs, attestation tokens, sealed secrets and approvals, and policies, those by which a vault",
                "releases keys among them.")
            .addPositional(
                PositionalParamSpec.builder()
                    .paramLabel("FILE")
                    .type(String.class)
                    .arity("1")
                    .required(true)
                    .index("0")
                    .description("The file to look at.")
                    .build())
            .addOption(Options.output());
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer("  cvm inspect report.bin", "  cvm inspect evidence.json --output json");
    return Options.withCommon(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    boolean json = Options.isJson(arguments);
    String name = arguments.matchedPositionalValue(0, "");
    Bytes content = InputFile.read(name);
    Optional<FileFormat.Found> found = FileFormat.of(content);
    if (found.isEmpty()) {
      console.say(
          name + (content.isEmpty() ? ": an empty file" : ": nothing that this command knows"));
      return Cvm.REFUSED;
    }
    if (found.get().problem().isPresent()) {
      console.say(
          name + ": looks like " + found.get().kind() + ", but " + found.get().problem().get());
      return Cvm.REFUSED;
    }
    if (json) {
      console.out().println(json(found.get()));
    } else {
      Reminding reminding = new Reminding(console);
      reminding.line(found.get().kind());
      ClaimText.print(found.get().fields(), "  ", reminding::line);
    }
    return Cvm.OK;
  }

  private static String json(FileFormat.Found found) {
    return ClaimJson.document(
        json -> {
          json.writeStartObject();
          json.writeStringField("kind", found.kind());
          json.writeBooleanField("verified", false);
          json.writeFieldName("fields");
          ClaimJson.write(found.fields(), json);
          json.writeEndObject();
        });
  }

  /** Repeats the warning, so that it is on every screen. */
  private static final class Reminding {
    private final Console console;
    private int lines;

    Reminding(Console console) {
      this.console = console;
    }

    void line(String text) {
      if (lines++ % LINES_PER_REMINDER == 0) {
        console.line("--- " + NOT_VERIFIED + " ---");
      }
      console.line(text);
    }
  }
}

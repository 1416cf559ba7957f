package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Options that several commands have: how they are described, and what their values mean. */
final class Options {
  static final String AT = "--at";
  static final String NONCE = "--nonce";
  static final String REPORT_DATA = "--report-data";
  static final String OUTPUT = "--output";
  static final String DEBUG = "--debug";

  private Options() {}

  /** A command with what every command has. */
  static CommandSpec command(String name, Object owner, String... description) {
    CommandSpec spec = CommandSpec.wrapWithoutInspection(owner).name(name);
    spec.usageMessage().description(paragraphs(description)).sortOptions(false).width(100);
    return spec;
  }

  /**
   * Lines as they are in the source, joined up to each empty one. The first sentence stands alone:
   * it is all that the list of commands shows.
   */
  private static String[] paragraphs(String... lines) {
    List<String> joined = new ArrayList<>();
    for (String paragraph : String.join(" ", lines).split("  ", -1)) {
      joined.add(joined.isEmpty() ? paragraph : "%n" + paragraph);
    }
    int end = joined.get(0).indexOf(". ");
    if (end >= 0) {
      String first = joined.remove(0);
      joined.addAll(0, List.of(first.substring(0, end + 1), first.substring(end + 2)));
    }
    return joined.toArray(String[]::new);
  }

  /** Adds what every command has; last, so that it is last in the help. */
  static CommandSpec withCommon(CommandSpec spec) {
    return spec.addOption(
            flag(DEBUG, "Show the stack trace where the command itself fails.").build())
        .addOption(
            OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Show this help.")
                .build())
        .addOption(
            OptionSpec.builder("-V", "--version")
                .versionHelp(true)
                .description("Show name and version.")
                .build());
  }

  /** An option that takes one value. */
  static OptionSpec.Builder value(String name, String label, String... description) {
    return OptionSpec.builder(name)
        .type(String.class)
        .arity("1")
        .paramLabel(label)
        .description(String.join(" ", description));
  }

  /** An option that takes one or more files, and may repeat. */
  static OptionSpec.Builder files(String name, String... description) {
    return OptionSpec.builder(name)
        .type(List.class)
        .auxiliaryTypes(String.class)
        .arity("1..*")
        .paramLabel("FILE")
        .description(String.join(" ", description));
  }

  /** An option that is there or not. */
  static OptionSpec.Builder flag(String name, String... description) {
    return OptionSpec.builder(name)
        .type(boolean.class)
        .arity("0")
        .description(String.join(" ", description));
  }

  /** {@code --output}. */
  static OptionSpec output() {
    return value(OUTPUT, "FORMAT", "text (the default) or json.").build();
  }

  static boolean has(ParseResult arguments, String flag) {
    return arguments.hasMatchedOption(flag);
  }

  static Optional<String> text(ParseResult arguments, String name) {
    String given = arguments.matchedOptionValue(name, "");
    return arguments.hasMatchedOption(name) ? Optional.of(given) : Optional.empty();
  }

  /** The files of an option, each read with {@link InputFile}. */
  static List<Bytes> contents(ParseResult arguments, String name) throws CouldNotAskException {
    List<Bytes> contents = new ArrayList<>();
    for (String file : arguments.matchedOptionValue(name, List.<String>of())) {
      contents.add(InputFile.read(file));
    }
    return contents;
  }

  static boolean isJson(ParseResult arguments) {
    String format = text(arguments, OUTPUT).orElse("text");
    if (!format.equals("text") && !format.equals("json")) {
      throw wrong(arguments, OUTPUT + " is text or json");
    }
    return format.equals("json");
  }

  /** {@code --at}, or now. */
  static Instant at(ParseResult arguments) {
    Optional<String> given = text(arguments, AT);
    if (given.isEmpty()) {
      return Instant.now();
    }
    try {
      return Instant.parse(given.get());
    } catch (DateTimeException e) {
      throw wrong(arguments, AT + " is an instant such as 2026-06-01T00:00:00Z");
    }
  }

  static Optional<Bytes> hex(ParseResult arguments, String name) {
    Optional<String> given = text(arguments, name);
    if (given.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Bytes.ofHex(given.get()));
    } catch (IllegalArgumentException e) {
      throw wrong(arguments, name + " is hexadecimal, two digits for each byte");
    }
  }

  static Optional<Nonce> nonce(ParseResult arguments) {
    Optional<Bytes> given = hex(arguments, NONCE);
    if (given.isEmpty()) {
      return Optional.empty();
    }
    int size = given.get().size();
    if (size < Nonce.MIN_SIZE || size > Nonce.MAX_SIZE) {
      throw wrong(arguments, NONCE + " has " + Nonce.MIN_SIZE + " to " + Nonce.MAX_SIZE + " bytes");
    }
    return Optional.of(new Nonce(given.get()));
  }

  /** 64 bytes, exactly or padded with zeros at the end. */
  static Optional<ReportData> reportData(ParseResult arguments, String name, boolean padded) {
    Optional<Bytes> given = hex(arguments, name);
    if (given.isEmpty()) {
      return Optional.empty();
    }
    int missing = ReportData.SIZE - given.get().size();
    if (missing < 0 || (missing > 0 && !padded) || given.get().isEmpty()) {
      throw wrong(arguments, name + " has " + (padded ? "at most " : "") + "64 bytes");
    }
    return Optional.of(new ReportData(given.get().concat(Bytes.zeros(missing))));
  }

  /** A mistake on the command line: exit code 2. */
  static ParameterException wrong(ParseResult arguments, String message) {
    CommandLine line = arguments.commandSpec().commandLine();
    return new ParameterException(line, message);
  }
}

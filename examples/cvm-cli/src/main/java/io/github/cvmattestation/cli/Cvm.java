package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.TrustAnchors;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code cvm} command. */
public final class Cvm {
  /** Verified and affirmed, or verified where no policy was wanted. */
  public static final int OK = 0;

  /** Refuted or rejected. */
  public static final int REFUSED = 1;

  /** Wrong usage. */
  public static final int USAGE = 2;

  /** Could not ask: a file that cannot be read, or a failure of the command's own. */
  public static final int COULD_NOT_ASK = 3;

  private Cvm() {}

  /** For the command line. */
  public static void main(String[] args) {
    PrintStream out = utf8(FileDescriptor.out);
    PrintStream err = utf8(FileDescriptor.err);
    int code = run(args, new Console(out, err, true), Optional.empty());
    err.flush();
    out.flush();
    if (out.checkError() && code == OK) {
      // Nobody has seen the verdict, so it must not pass for one.
      code = COULD_NOT_ASK;
    }
    System.exit(code);
  }

  /**
   * Runs one command without ending the JVM.
   *
   * @param out takes the result
   * @param err takes everything else
   * @return the exit code
   */
  public static int run(String[] args, PrintStream out, PrintStream err) {
    return run(args, new Console(out, err, false), Optional.empty());
  }

  /**
   * Runs one command under trust anchors that no option can name: a simulated machine's, for tests.
   *
   * @param anchors nothing for AMD's published keys
   */
  static int run(String[] args, Console console, Optional<TrustAnchors> anchors) {
    boolean debug = List.of(args).contains(Options.DEBUG);
    try {
      CommandLine line = new CommandLine(spec(List.of(args), anchors));
      line.setExpandAtFiles(false);
      return run(line.parseArgs(args), console);
    } catch (ParameterException e) {
      return wrongUsage(e, console);
    } catch (CouldNotAskException e) {
      console.say(message(e));
      return COULD_NOT_ASK;
    } catch (AttestationException.Configuration e) {
      console.say(message(e));
      return USAGE;
    } catch (RuntimeException e) {
      // Whatever it is, it is ours, and it is no verdict.
      console.say(
          "internal error (" + e.getClass().getSimpleName() + "); see with " + Options.DEBUG);
      if (debug) {
        e.printStackTrace(console.err());
      }
      return COULD_NOT_ASK;
    }
  }

  private static int run(ParseResult whole, Console console) throws CouldNotAskException {
    ParseResult innermost = whole;
    while (true) {
      CommandSpec spec = innermost.commandSpec();
      if (innermost.isVersionHelpRequested()) {
        console.line(nameAndVersion());
        return OK;
      }
      if (innermost.isUsageHelpRequested()) {
        spec.commandLine().usage(console.out(), Ansi.OFF);
        return OK;
      }
      if (!innermost.hasSubcommand()) {
        break;
      }
      innermost = innermost.subcommand();
    }
    if (innermost.commandSpec().userObject() instanceof Command command) {
      return command.run(innermost, console);
    }
    innermost.commandSpec().commandLine().usage(console.err(), Ansi.OFF);
    return USAGE;
  }

  private static CommandSpec spec(List<String> args, Optional<TrustAnchors> anchors) {
    CommandSpec root =
        Options.command(
            "cvm",
            "cvm",
            "Verifies the attestation of confidential virtual machines.",
            "",
            "Exit codes: 0 verified and affirmed; 1 refuted or rejected; 2 wrong usage; 3 could"
                + " not ask.");
    root.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(
            "  cvm demo",
            "  cvm verify snp --report report.bin --certs vcek.pem --nonce 9f3c…",
            "  cvm verify azure --evidence evidence.json --nonce 9f3c…",
            "  cvm inspect evidence.json");
    Map<String, Supplier<CommandSpec>> commands = new LinkedHashMap<>();
    commands.put("demo", () -> new Demo().spec());
    commands.put("verify", () -> verify(args, anchors));
    commands.put("inspect", () -> new Inspect().spec());
    commands.put("warm-up", () -> new WarmUp().spec());
    return Options.withCommon(withSubcommands(root, args, 0, commands));
  }

  private static CommandSpec verify(List<String> args, Optional<TrustAnchors> anchors) {
    CommandSpec verify =
        Options.command("verify", "verify", "Verifies evidence, and appraises it.");
    Map<String, Supplier<CommandSpec>> kinds = new LinkedHashMap<>();
    kinds.put("snp", () -> new VerifySnp(anchors).spec());
    kinds.put("azure", () -> new VerifyAzure(anchors).spec());
    return Options.withCommon(withSubcommands(verify, args, 1, kinds));
  }

  /**
   * Adds the one command that is named at {@code index}, or all where none is: for help, and for
   * "did you mean". Each that picocli hears of costs time at every start.
   */
  private static CommandSpec withSubcommands(
      CommandSpec parent, List<String> args, int index, Map<String, Supplier<CommandSpec>> all) {
    String word = index < args.size() ? args.get(index) : "";
    for (Map.Entry<String, Supplier<CommandSpec>> command : all.entrySet()) {
      if (!all.containsKey(word) || command.getKey().equals(word)) {
        parent.addSubcommand(command.getKey(), command.getValue().get());
      }
    }
    return parent;
  }

  private static int wrongUsage(ParameterException e, Console console) {
    console.say(message(e));
    CommandLine line = e.getCommandLine();
    if (e instanceof MissingParameterException && !line.getUnmatchedArguments().isEmpty()) {
      // A misspelt option is what is missing: picocli names only the consequence.
      console.say("unknown: " + String.join(" ", line.getUnmatchedArguments()));
    }
    if (e instanceof UnmatchedArgumentException unmatched) {
      List<String> suggestions = unmatched.getSuggestions();
      if (!suggestions.isEmpty()) {
        console.say("did you mean " + String.join(" or ", suggestions) + "?");
      }
    }
    console.say("see: " + line.getCommandSpec().qualifiedName() + " --help");
    return USAGE;
  }

  private static String nameAndVersion() {
    Optional<String> version =
        Optional.ofNullable(Cvm.class.getPackage().getImplementationVersion());
    return "cvm " + version.orElse("(not packaged)");
  }

  private static String message(Exception e) {
    return String.valueOf(e.getMessage());
  }

  private static PrintStream utf8(FileDescriptor descriptor) {
    return new PrintStream(
        new BufferedOutputStream(new FileOutputStream(descriptor)), false, StandardCharsets.UTF_8);
  }
}

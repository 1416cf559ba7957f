package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.TrustAnchors;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
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

  private static final String VERIFY = "verify";
  private static final String LUKS = "luks";
  private static final String POLICY = "policy";

  /** The words that name each command, in the order of the help. */
  private static final List<List<String>> NAMES =
      List.of(
          List.of("demo"),
          List.of(VERIFY, "snp"),
          List.of(VERIFY, "tdx"),
          List.of(VERIFY, "azure"),
          List.of("replay"),
          List.of("inspect"),
          List.of("seal"),
          List.of("unseal"),
          List.of("approve"),
          List.of(LUKS, "key"),
          List.of(POLICY, "build"),
          List.of(POLICY, "lint"),
          List.of(POLICY, "explain"),
          List.of(POLICY, "test"),
          List.of("attest"),
          List.of("release"),
          List.of("doctor"),
          List.of("warm-up"));

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
   * @param anchors nothing for the published keys of AMD and Intel
   */
  static int run(String[] args, Console console, Optional<TrustAnchors> anchors) {
    return run(args, console, new RealWorld(anchors));
  }

  /** Runs one command in a world that may be a simulated one. */
  static int run(String[] args, Console console, World world) {
    boolean debug = List.of(args).contains(Options.DEBUG);
    try {
      return run(parse(List.of(args), world), console);
    } catch (ParameterException e) {
      return wrongUsage(e, List.of(args), console);
    } catch (CouldNotAskException e) {
      console.say(message(e));
      return COULD_NOT_ASK;
    } catch (AttestationException.Configuration e) {
      console.say(message(e));
      return USAGE;
    } catch (AttestationException e) {
      // A device or a service: it says what to do next.
      console.say(message(e));
      return COULD_NOT_ASK;
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

  /**
   * Where the first words are a command's name, picocli hears of that command alone: each costs
   * milliseconds at every start. Otherwise it hears of all: for help, and for "did you mean".
   */
  private static ParseResult parse(List<String> args, World world) {
    for (List<String> name : NAMES) {
      int words = name.size();
      if (words <= args.size() && args.subList(0, words).equals(name)) {
        CommandSpec spec = command(name, world).name("cvm " + String.join(" ", name));
        return parse(spec, args.subList(words, args.size()));
      }
    }
    return parse(all(world), args);
  }

  private static ParseResult parse(CommandSpec spec, List<String> args) {
    CommandLine line = new CommandLine(spec);
    line.setExpandAtFiles(false);
    return line.parseArgs(args.toArray(String[]::new));
  }

  private static CommandSpec command(List<String> name, World world) {
    return switch (String.join(" ", name)) {
      case "demo" -> new Demo().spec();
      case "verify snp" -> new VerifySnp(world.anchors()).spec();
      case "verify tdx" -> new VerifyTdx(world.anchors()).spec();
      case "replay" -> new ReplayLog(world.anchors()).spec();
      case "verify azure" -> new VerifyAzure(world.anchors()).spec();
      case "inspect" -> new Inspect().spec();
      case "seal" -> new Seal().spec();
      case "unseal" -> new Unseal().spec();
      case "approve" -> new Approve().spec();
      case "luks key" -> new LuksKey().spec();
      case "policy build" -> new ReleaseBuild().spec();
      case "policy lint" -> new ReleaseLint().spec();
      case "policy explain" -> new ReleaseExplain().spec();
      case "policy test" -> new ReleaseTry().spec();
      case "attest" -> new Attest(world).spec();
      case "release" -> new ReleaseKey(world).spec();
      case "doctor" -> new Doctor(world).spec();
      case "warm-up" -> new WarmUp().spec();
      default -> throw new IllegalArgumentException("no command " + name);
    };
  }

  private static CommandSpec all(World world) {
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
            "  cvm verify tdx --quote quote.bin --collateral collateral.json --nonce 9f3c…",
            "  cvm verify azure --evidence evidence.json --nonce 9f3c…",
            "  cvm replay --log ccel.bin --ccel --quote quote.bin",
            "  cvm inspect evidence.json",
            "  cvm seal --pcrs sha256:7 < key > key.sealed",
            "  cvm unseal < key.sealed > key",
            "  cvm luks key /dev/sdc1 | cryptsetup open --key-file=- /dev/sdc1 data",
            "  cvm policy lint release.json --authority https://contoso.weu.attest.azure.net",
            "  cvm doctor",
            "  cvm attest --nonce 9f3c… > evidence.json",
            "  cvm release --vault https://contoso.vault.azure.net --key disk-key \\",
            "    --issuer https://contoso.weu.attest.azure.net --policy vm.json --out /run/disk.key");
    CommandSpec verify = Options.command(VERIFY, VERIFY, "Verifies evidence, and appraises it.");
    CommandSpec luks = Options.command(LUKS, LUKS, "Volumes that the TPM unlocks.");
    CommandSpec policy =
        Options.command(POLICY, POLICY, "Policies by which Azure Key Vault releases keys.");
    for (List<String> name : NAMES) {
      String first = name.get(0);
      CommandSpec parent =
          switch (first) {
            case VERIFY -> verify;
            case LUKS -> luks;
            case POLICY -> policy;
            default -> root;
          };
      if (parent != root && parent.subcommands().isEmpty()) {
        root.addSubcommand(first, parent);
      }
      parent.addSubcommand(name.get(name.size() - 1), command(name, world));
    }
    Options.withCommon(verify);
    Options.withCommon(luks);
    Options.withCommon(policy);
    return Options.withCommon(root);
  }

  private static int wrongUsage(ParameterException e, List<String> args, Console console) {
    CommandLine line = e.getCommandLine();
    if (PinOption.isNamed(args)) {
      // picocli's message would repeat it.
      console.say("--pin has no value: it asks, so that no PIN stays in the shell's history");
      return seeHelp(line, console);
    }
    console.say(message(e));
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
    return seeHelp(line, console);
  }

  private static int seeHelp(CommandLine line, Console console) {
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

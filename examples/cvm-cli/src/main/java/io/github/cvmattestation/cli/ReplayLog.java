package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.eventlog.EventLog;
import io.github.cvmattestation.attestation.eventlog.LogFinding;
import io.github.cvmattestation.attestation.eventlog.RegisterBank;
import io.github.cvmattestation.attestation.eventlog.RegisterKind;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdxFinding;
import io.github.cvmattestation.tdx.TdxVerifier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm replay}: an event log, added up and compared with registers. */
final class ReplayLog implements Command {
  private static final String LOG = "--log";
  private static final String PCRS = "--pcrs";
  private static final String CCEL = "--ccel";
  private static final String IMA = "--ima";

  /** What the memory that ./cvm allows is enough for: some 40,000 entries. */
  private static final int MAX_IMA_SIZE = 4 << 20;

  private final Optional<TrustAnchors> anchors;

  /** Quotes are verified under {@code anchors}, or Intel's published root. */
  ReplayLog(Optional<TrustAnchors> anchors) {
    this.anchors = anchors;
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
                "replay",
                this,
                "Replays an event log and compares it with registers: those of a TD quote, or values",
                "that you name. Without either it only computes what the log adds up to.")
            .addOption(
                Options.value(
                        LOG,
                        "FILE",
                        "The log: crypto-agile, as TCG and UEFI define it, or of SHA-1 alone.")
                    .build())
            .addOption(
                Options.value(
                        IMA,
                        "FILE",
                        "The kernel's IMA log, binary or ASCII, to compare with PCR 10; alone or",
                        "beside the other.")
                    .build())
            .addOption(
                Options.value(
                        PCRS,
                        "FILE",
                        "Register values, JSON: {\"sha256\": {\"0\": \"hex\"}}; others are not compared.")
                    .build())
            .addOption(
                Options.flag(CCEL, "The log is a CCEL: its registers are RTMRs, not PCRs.").build())
            .addOption(
                Options.value(
                        VerifyTdx.QUOTE,
                        "FILE",
                        "A TD quote, whose RTMRs the log must add up to. It is verified first; without",
                        "its collateral only its signatures can be.")
                    .build());
    CollateralOptions.addTo(spec);
    spec.addOption(
            Options.value(
                    Options.AT, "INSTANT", "The instant to verify the quote at; default: now.")
                .build())
        .addOption(Options.output());
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(
            "  cvm replay --log ccel.bin --ccel --quote quote.bin --collateral collateral.json",
            "  cvm replay --log binary_bios_measurements --pcrs pcrs.json --output json",
            "  cvm replay --ima ascii_runtime_measurements --pcrs pcrs.json",
            "  cvm replay --log ccel.bin --ccel");
    return Options.withCommon(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    boolean json = Options.isJson(arguments);
    Optional<String> quote = Options.text(arguments, VerifyTdx.QUOTE);
    boolean ccel = Options.has(arguments, CCEL);
    if (quote.isPresent() && !ccel) {
      throw Options.wrong(arguments, VerifyTdx.QUOTE + " has RTMRs, so say " + CCEL + " as well");
    }
    if (quote.isPresent() && Options.has(arguments, PCRS)) {
      throw Options.wrong(arguments, VerifyTdx.QUOTE + " and " + PCRS + " exclude each other");
    }
    Optional<String> ima = Options.text(arguments, IMA);
    Optional<String> file = Options.text(arguments, LOG);
    if (file.isEmpty() && ima.isEmpty()) {
      throw Options.wrong(arguments, "say which log: " + LOG + " or " + IMA);
    }
    if (ima.isPresent() && (ccel || !Options.has(arguments, PCRS))) {
      throw Options.wrong(arguments, IMA + " is compared with PCR 10 of " + PCRS + ", so name it");
    }
    ReplayOutcome outcome =
        ima.isPresent()
            ? withIma(arguments, file, ima.get())
            : alone(arguments, file.orElseThrow(), quote);
    outcome.print(json, console);
    return outcome.exitCode();
  }

  private ReplayOutcome alone(ParseResult arguments, String file, Optional<String> quote)
      throws CouldNotAskException {
    RegisterKind kind = Options.has(arguments, CCEL) ? RegisterKind.RTMR : RegisterKind.PCR;
    Bytes log = InputFile.read(file, EventLog.MAX_SIZE);
    if (quote.isPresent()) {
      try {
        return againstQuote(arguments, log, quote.get());
      } catch (MalformedException e) {
        return ReplayOutcome.refused(e.toFinding(TdxFinding.TDX_MALFORMED));
      }
    } else if (Options.has(arguments, PCRS)) {
      return ReplayOutcome.compare(log, banks(arguments, kind), List.of());
    }
    return ReplayOutcome.of(EventLog.compute(log, kind));
  }

  /** The firmware's log, if there is one, knows nothing of PCR 10: that is the kernel's. */
  private static ReplayOutcome withIma(ParseResult arguments, Optional<String> file, String ima)
      throws CouldNotAskException {
    List<RegisterBank> banks = banks(arguments, RegisterKind.PCR);
    List<RegisterBank> kernels =
        banks.stream().filter(bank -> bank.value(ImaFields.REGISTER).isPresent()).toList();
    if (kernels.isEmpty()) {
      throw Options.wrong(arguments, PCRS + " has no PCR 10, which " + IMA + " is compared with");
    }
    Bytes entries = InputFile.read(ima, MAX_IMA_SIZE);
    ReplayOutcome outcome =
        entries.size() > MAX_IMA_SIZE
            ? ReplayOutcome.refused(
                Finding.of(LogFinding.IMA_LIMIT, "at most " + MAX_IMA_SIZE + " bytes", "more"))
            : ReplayOutcome.compareIma(entries, kernels);
    if (file.isEmpty()) {
      return outcome;
    }
    List<RegisterBank> others = withoutPcr10(arguments, banks);
    if (others.isEmpty()) {
      throw Options.wrong(arguments, PCRS + " has PCR 10 alone, and nothing to compare " + LOG);
    }
    Bytes log = InputFile.read(file.get(), EventLog.MAX_SIZE);
    return ReplayOutcome.compare(log, others, List.of()).and(outcome);
  }

  private static List<RegisterBank> withoutPcr10(ParseResult arguments, List<RegisterBank> banks) {
    List<RegisterBank> others = new ArrayList<>();
    for (RegisterBank bank : banks) {
      Map<Integer, Bytes> values = new TreeMap<>(bank.values());
      values.remove(ImaFields.REGISTER);
      if (!values.isEmpty()) {
        others.add(bank(arguments, bank, values));
      }
    }
    return others;
  }

  private static RegisterBank bank(
      ParseResult arguments, RegisterBank like, Map<Integer, Bytes> values) {
    try {
      return RegisterBank.of(like.kind(), like.algorithm(), values);
    } catch (MalformedException e) {
      throw Options.wrong(arguments, PCRS + ": " + e.problem());
    }
  }

  /** What somebody typed, and no evidence: a mistake in it is a mistake of usage. */
  private static List<RegisterBank> banks(ParseResult arguments, RegisterKind kind)
      throws CouldNotAskException {
    Bytes values = InputFile.read(Options.text(arguments, PCRS).orElseThrow());
    try {
      return RegisterBank.parse(kind, values);
    } catch (MalformedException e) {
      throw Options.wrong(arguments, PCRS + ": " + e.problem());
    }
  }

  private ReplayOutcome againstQuote(ParseResult arguments, Bytes log, String file)
      throws CouldNotAskException, MalformedException {
    Instant at = Options.at(arguments);
    Bytes quote = InputFile.read(file, TdQuote.MAX_SIZE);
    Optional<Bytes> collateral = CollateralOptions.document(arguments);
    TdxVerifier verifier = VerifyTdx.verifier(anchors);
    if (collateral.isPresent()) {
      Endorsements endorsements = Endorsements.none().withDocument(collateral.get());
      Verification verification = verifier.verifyWithoutFreshness(quote, endorsements, at);
      if (!(verification instanceof Verification.Verified)) {
        return ReplayOutcome.refused(verification.findings().get(0));
      }
    } else {
      Optional<Finding> broken = verifier.brokenSignature(quote, at);
      if (broken.isPresent()) {
        return ReplayOutcome.refused(broken.get());
      }
    }
    RegisterBank rtmrs = RegisterBank.rtmrs(TdQuote.parse(quote).body().rtmrs());
    return ReplayOutcome.compare(log, List.of(rtmrs), remarks(collateral.isPresent()));
  }

  private static List<Finding> remarks(boolean verified) {
    return verified
        ? List.of()
        : List.of(
            Finding.of(
                CliFinding.QUOTE_NOT_VERIFIED,
                "the quote's collateral",
                "none: its signatures hold, but any enclave of any platform could have made it"));
  }
}

package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.eventlog.EventLog;
import io.github.cvmattestation.attestation.eventlog.RegisterBank;
import io.github.cvmattestation.attestation.eventlog.RegisterKind;
import io.github.cvmattestation.tdx.TdQuote;
import io.github.cvmattestation.tdx.TdxFinding;
import io.github.cvmattestation.tdx.TdxVerifier;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm replay}: an event log, added up and compared with registers. */
final class ReplayLog implements Command {
  private static final String LOG = "--log";
  private static final String PCRS = "--pcrs";
  private static final String CCEL = "--ccel";

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
                Options.value(LOG, "FILE", "The log: crypto-agile, as TCG and UEFI define it.")
                    .required(true)
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
    RegisterKind kind = ccel ? RegisterKind.RTMR : RegisterKind.PCR;
    Bytes log = InputFile.read(Options.text(arguments, LOG).orElseThrow(), EventLog.MAX_SIZE);
    ReplayOutcome outcome;
    try {
      if (quote.isPresent()) {
        outcome = againstQuote(arguments, log, quote.get());
      } else if (Options.has(arguments, PCRS)) {
        Bytes values = InputFile.read(Options.text(arguments, PCRS).orElseThrow());
        outcome = ReplayOutcome.compare(log, banks(arguments, kind, values), List.of());
      } else {
        outcome = ReplayOutcome.of(EventLog.compute(log, kind));
      }
    } catch (MalformedException e) {
      outcome = ReplayOutcome.refused(e.toFinding(TdxFinding.TDX_MALFORMED));
    }
    outcome.print(json, console);
    return outcome.exitCode();
  }

  /** What somebody typed, and no evidence: a mistake in it is a mistake of usage. */
  private static List<RegisterBank> banks(ParseResult arguments, RegisterKind kind, Bytes values) {
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

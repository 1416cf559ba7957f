package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.HashAlgorithm;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import io.github.cvmattestation.attestation.eventlog.EventLog;
import io.github.cvmattestation.azure.AzureCvmEvidence;
import io.github.cvmattestation.azure.AzureCvmVerifier;
import io.github.cvmattestation.vtpm.BootLog;
import io.github.cvmattestation.vtpm.TpmsAttest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm verify azure}: what an Azure confidential VM hands over. */
final class VerifyAzure implements Command {
  private static final String EVIDENCE = "--evidence";
  private static final String USER_DATA = "--user-data";
  private static final String LOG = "--log";
  private static final String ALLOW_REPLAY = "--allow-replay";

  private final Optional<TrustAnchors> anchors;

  /** Under {@code anchors}, or AMD's and Intel's published keys. */
  VerifyAzure(Optional<TrustAnchors> anchors) {
    this.anchors = anchors;
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
                "azure",
                this,
                "Verifies the evidence of an Azure confidential VM (SEV-SNP or TDX), offline.")
            .addOption(
                Options.value(
                        EVIDENCE,
                        "FILE",
                        "The VM's evidence, JSON; Confidential Containers' forms.")
                    .required(true)
                    .build())
            .addOption(
                Options.value(Options.NONCE, "HEX", "The vTPM's quote must be for this nonce.")
                    .build())
            .addOption(
                Options.flag(
                        ALLOW_REPLAY,
                        "Accept a quote for any nonce: it may be years old, and from anybody.")
                    .build())
            .addOption(
                Options.value(
                        USER_DATA,
                        "HEX",
                        "The guest must have written these bytes before the report was made: up to",
                        "64, compared with zeros behind them.")
                    .names(USER_DATA, Options.REPORT_DATA)
                    .build())
            .addOption(
                Options.value(
                        LOG,
                        "FILE",
                        "The VM's event log (binary_bios_measurements): it must add up to the quoted",
                        "PCRs, and what booted is appraised.")
                    .build());
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(
            "  cvm verify azure --evidence evidence.json --nonce 9f3c…",
            "  cvm verify azure --evidence evidence.json --nonce 9f3c… --crl genoa.crl"
                + " --require-crl",
            "  cvm verify azure --evidence evidence.json --nonce 9f3c… --log binary_bios_measurements",
            "  cvm verify azure --evidence tdx.json --nonce 9f3c… --collateral collateral.json",
            "  cvm verify azure --evidence evidence.json --nonce 9f3c… --policy policy.json"
                + " --output json");
    return VerifyOptions.addAppraisal(
        CollateralOptions.addTo(VerifyOptions.addCertificates(spec, false)));
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    boolean json = Options.isJson(arguments);
    Instant at = Options.at(arguments);
    Optional<Nonce> expected = expectedNonce(arguments);
    Optional<ReportData> userData = Options.reportData(arguments, USER_DATA, true);
    Bytes content = InputFile.read(Options.text(arguments, EVIDENCE).orElseThrow());
    Optional<Bytes> log = log(arguments);
    Optional<AppraisalPolicy> policy =
        VerifyOptions.policy(
            arguments, () -> DefaultPolicy.azure(content, log.isPresent()), console);
    Endorsements endorsements;
    try {
      endorsements = endorsements(arguments);
    } catch (MalformedException e) {
      return VerifyOptions.report(Verdict.refuted(e), json, console);
    }

    AzureCvmVerifier.Builder builder =
        AzureCvmVerifier.builder()
            .signatures(SignatureBackends.jdk())
            .cacheSize(0)
            .revocation(VerifyOptions.revocation(arguments));
    anchors.ifPresent(builder::trustAnchors);
    AzureCvmVerifier verifier = builder.build();
    Evidence evidence = new Evidence(AzureCvmEvidence.MEDIA_TYPE, content);
    Nonce nonce = expected.orElseGet(() -> nonceOfItsOwn(content));
    Verification verification =
        userData.isPresent()
            ? verifier.verify(evidence, endorsements, nonce, userData.get(), at)
            : verifier.verify(evidence, endorsements, nonce, at);
    Verification booted = log.isPresent() ? booted(verification, log.get()) : verification;
    Verdict verdict = Verdict.of(booted, policy, remarks(expected));
    return VerifyOptions.report(verdict, json, console);
  }

  private static Optional<Bytes> log(ParseResult arguments) throws CouldNotAskException {
    Optional<String> file = Options.text(arguments, LOG);
    return file.isPresent()
        ? Optional.of(InputFile.read(file.get(), EventLog.MAX_SIZE))
        : Optional.empty();
  }

  private static Verification booted(Verification machine, Bytes log) {
    return machine instanceof Verification.Verified verified
        ? BootLog.verify(verified, log, HashAlgorithm.SHA256)
        : machine;
  }

  private static Endorsements endorsements(ParseResult arguments)
      throws CouldNotAskException, MalformedException {
    Endorsements certificates = VerifyOptions.endorsements(arguments);
    return CollateralOptions.document(arguments)
        .map(certificates::withDocument)
        .orElse(certificates);
  }

  private static Optional<Nonce> expectedNonce(ParseResult arguments) {
    Optional<Nonce> nonce = Options.nonce(arguments);
    boolean replayAllowed = Options.has(arguments, ALLOW_REPLAY);
    if (nonce.isPresent() && replayAllowed) {
      throw Options.wrong(
          arguments, Options.NONCE + " and " + ALLOW_REPLAY + " exclude each other");
    }
    if (nonce.isEmpty() && !replayAllowed) {
      throw Options.wrong(
          arguments,
          "without "
              + Options.NONCE
              + " HEX old evidence looks like new; "
              + ALLOW_REPLAY
              + " if that is what you want");
    }
    return nonce;
  }

  /**
   * The nonce that the quote itself names. Evidence that names none is given one that it cannot
   * have been made for, so that the verifier finds what is wrong with it.
   */
  private static Nonce nonceOfItsOwn(Bytes content) {
    try {
      Bytes message = AzureCvmEvidence.parse(content).quote().message();
      Bytes extraData = TpmsAttest.parse(message).extraData();
      return extraData.size() < Nonce.MIN_SIZE || extraData.size() > Nonce.MAX_SIZE
          ? Nonce.random()
          : new Nonce(extraData);
    } catch (MalformedException e) {
      return Nonce.random();
    }
  }

  private static List<Finding> remarks(Optional<Nonce> expected) {
    return expected.isPresent()
        ? List.of()
        : List.of(
            Finding.of(
                CliFinding.FRESHNESS_NOT_CHECKED,
                Options.NONCE,
                ALLOW_REPLAY + ": freshness not checked, this evidence may be a replay"));
  }
}

package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.azure.AzureCvmAttester;
import io.github.cvmattestation.azure.AzurePlatform;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm attest}: the evidence of the VM that it runs in. */
final class Attest implements Command {
  private static final String OUT = "--out";
  private static final String ENDORSEMENTS = "--endorsements";

  /** What an Azure vTPM quotes. */
  private static final int MAX_NONCE = 50;

  private final World world;

  Attest(World world) {
    this.world = world;
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
                "attest",
                this,
                "Collects evidence of the Azure confidential VM that it runs in, for somebody else to",
                "verify with cvm verify azure. It proves nothing here.")
            .addOption(
                Options.value(
                        Options.NONCE, "HEX", "The verifier's nonce, drawn at random: 32 bytes.")
                    .required(true)
                    .build())
            .addOption(
                Options.value(OUT, "FILE", "Where the evidence goes; default: standard output.")
                    .build())
            .addOption(
                Options.value(
                        ENDORSEMENTS,
                        "DIR",
                        "Write down as well what vouches for the hardware, for a verifier without",
                        "network: chain and revocation list, or Intel's collateral.")
                    .build());
    TpmOption.addTo(spec);
    ServiceOptions.addImds(spec);
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(
            "  cvm attest --nonce 9f3c… > evidence.json",
            "  cvm attest --nonce 9f3c… --out evidence.json --endorsements endorsements");
    return Options.withCommon(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    Nonce nonce = Options.nonce(arguments).orElseThrow();
    if (nonce.value().size() > MAX_NONCE) {
      throw Options.wrong(
          arguments, Options.NONCE + " has at most " + MAX_NONCE + " bytes: a vTPM quotes no more");
    }
    Optional<OutputFolder> folder =
        Options.text(arguments, ENDORSEMENTS).map(name -> new OutputFolder(name));
    try (TpmTransport tpm = TpmOption.transport(arguments);
        AzureCvmAttester vm = world.attester(tpm, ServiceOptions.imds(arguments))) {
      requireConfidential(vm.platform());
      Evidence evidence = vm.attest(nonce, ReportData.of(nonce));
      List<String> options = new ArrayList<>();
      if (folder.isPresent()) {
        options.addAll(write(vm.endorsementsFor(evidence), folder.get()));
      }
      Optional<String> out = Options.text(arguments, OUT);
      if (out.isPresent()) {
        OutputFolder.write(out.get(), evidence.content());
        console.say(
            "verify with: cvm verify azure --evidence "
                + out.get()
                + " --nonce "
                + nonce.value().hex()
                + String.join("", options));
      } else {
        console.raw(evidence.content().toArray());
      }
      return Cvm.OK;
    }
  }

  /** Evidence comes from nowhere else. */
  static void requireConfidential(AzurePlatform platform) throws CouldNotAskException {
    if (platform != AzurePlatform.SNP && platform != AzurePlatform.TDX) {
      throw new CouldNotAskException(
          "this is no Azure confidential VM"
              + (platform == AzurePlatform.TRUSTED_LAUNCH ? " but one with Trusted Launch" : "")
              + "; run this inside one, and see what cvm doctor says");
    }
  }

  private static List<String> write(Endorsements endorsements, OutputFolder folder)
      throws CouldNotAskException {
    List<String> options = new ArrayList<>();
    int number = 0;
    for (Bytes bundle : endorsements.certificates()) {
      options.add(" --certs " + folder.add("certificates-" + ++number + ".pem", bundle));
    }
    number = 0;
    for (Bytes crl : endorsements.revocationLists()) {
      options.add(" --crl " + folder.add("revoked-" + ++number + ".crl", crl));
    }
    for (Bytes document : endorsements.documents()) {
      options.add(" --collateral " + folder.add("collateral.json", document));
    }
    return options;
  }
}

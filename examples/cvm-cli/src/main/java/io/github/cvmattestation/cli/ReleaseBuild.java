package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.azure.GuestBranch;
import io.github.cvmattestation.azure.ReleasePolicy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm policy build}: a release policy that leaves nothing out. */
final class ReleaseBuild implements Command {
  static final String AUTHORITY = "--authority";
  private static final String TEE = "--tee";
  private static final String VM = "--vm";
  private static final String MEASUREMENT = "--measurement";

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
                "build",
                this,
                "Writes a release policy for Azure Key Vault to standard output: hardware, compliance,",
                "Secure Boot and no debugging, for the token of a VM itself (AzureGuest).")
            .addOption(
                ReleaseFiles.many(
                        AUTHORITY,
                        "URL",
                        "Who issues the token: an attestation provider. Repeat for several.")
                    .required(true)
                    .build())
            .addOption(Options.value(TEE, "TEE", "snp, tdx or both.").required(true).build())
            .addOption(
                ReleaseFiles.many(
                        VM,
                        "GUID",
                        "Only this VM, by its vmUniqueId. Repeat for several. Without this, any VM,",
                        "an attacker's own among them.")
                    .build())
            .addOption(
                ReleaseFiles.many(
                        MEASUREMENT,
                        "HEX",
                        "Only this launch measurement (MEASUREMENT or MRTD). Repeat for several.")
                    .build());
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(
            "  cvm policy build --authority https://contoso.weu.attest.azure.net --tee snp"
                + " > release.json",
            "  cvm policy build --authority https://sharedweu.weu.attest.azure.net --tee both",
            "      --vm 2dedc52a-6832-46ce-9910-e8c9980bf5a7");
    return Options.withCommon(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) {
    String tee = Options.text(arguments, TEE).orElseThrow();
    if (!List.of("snp", "tdx", "both").contains(tee)) {
      throw Options.wrong(arguments, TEE + " is snp, tdx or both");
    }
    Bytes[] measurements = measurements(arguments);
    if (measurements.length > 0 && tee.equals("both")) {
      throw Options.wrong(
          arguments, MEASUREMENT + " belongs to one kind of hardware, so say which");
    }
    String[] vms = ReleaseFiles.values(arguments, VM).toArray(String[]::new);
    List<ReleasePolicy.Branch> branches = new ArrayList<>();
    for (String authority : ReleaseFiles.values(arguments, AUTHORITY)) {
      List<GuestBranch> guests = new ArrayList<>();
      if (!tee.equals("tdx")) {
        guests.add(GuestBranch.forSnp(authority));
      }
      if (!tee.equals("snp")) {
        guests.add(GuestBranch.forTdx(authority));
      }
      for (GuestBranch guest : guests) {
        branches.add(guest.vmUniqueId(vms).launchMeasurement(measurements).build());
      }
    }
    ReleasePolicy policy = new ReleasePolicy(branches);
    console.line(new String(policy.canonicalJson().toArray(), StandardCharsets.UTF_8));
    if (vms.length == 0 && measurements.length == 0) {
      console.say("anybody's VM of that kind gets the key; name yours with " + VM);
    }
    return Cvm.OK;
  }

  private static Bytes[] measurements(ParseResult arguments) {
    try {
      return ReleaseFiles.values(arguments, MEASUREMENT).stream()
          .map(Bytes::ofHex)
          .toArray(Bytes[]::new);
    } catch (IllegalArgumentException e) {
      throw Options.wrong(arguments, MEASUREMENT + " is hexadecimal, two digits for each byte");
    }
  }
}

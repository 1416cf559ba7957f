package io.github.cvmattestation.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Attempt;
import io.github.cvmattestation.attestation.CvmAttestation;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.ReferenceValues;
import io.github.cvmattestation.attestation.Room;
import io.github.cvmattestation.attestation.release.KeyReleaser;
import io.github.cvmattestation.attestation.release.ReleasedKey;
import io.github.cvmattestation.attestation.token.TokenIssuer;
import io.github.cvmattestation.azure.AzureCvmAttester;
import io.github.cvmattestation.azure.AzureCvmVerifier;
import io.github.cvmattestation.azure.KeyVaultReleaser;
import io.github.cvmattestation.azure.MaaAgreement;
import io.github.cvmattestation.azure.ReleasePolicy;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm release}: all seven rooms, and a key in a file at their end. */
final class ReleaseKey implements Command {
  private static final String KEY = "--key";
  private static final Pattern KEY_NAME =
      Pattern.compile("[0-9A-Za-z-]{1,127}(/[0-9A-Za-z]{1,64})?");
  private static final String POLICY = "--policy";
  private static final String RELEASE_POLICY = "--release-policy";
  private static final String OUT = "--out";
  private static final String STANDARD_OUTPUT = "-";

  private final World world;

  ReleaseKey(World world) {
    this.world = world;
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            "release",
            this,
            "Attests the Azure confidential VM that it runs in, and has a key released to it: PKCS #8"
                + " of a private key, or the octets of a symmetric one.",
            "",
            "Exit codes: 0 the key is there; 1 somebody said no, and who; 2 wrong usage; 3 could not ask.");
    ServiceOptions.addVault(spec, true);
    spec.addOption(Options.value(KEY, "NAME", "The key, or NAME/VERSION.").required(true).build());
    ServiceOptions.addIssuer(spec, true, "The provider of Azure Attestation that the key trusts.");
    spec.addOption(
            Options.value(
                    POLICY,
                    "FILE",
                    "What this VM must be before anybody is asked, JSON; see docs/policy.md.")
                .required(true)
                .build())
        .addOption(
            Options.value(
                    RELEASE_POLICY,
                    "FILE",
                    "The release policy that the key must have, JSON. A key with another one is refused,",
                    "and where the vault refuses, the clause that does not hold is named.")
                .build())
        .addOption(
            Options.value(
                    OUT,
                    "FILE",
                    "A new file, which only its owner may read; - for standard output, if that is no",
                    "terminal.")
                .required(true)
                .build());
    TpmOption.addTo(spec);
    ServiceOptions.addImds(spec);
    spec.addOption(Options.output());
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(
            "  cvm release --vault https://contoso.vault.azure.net --key disk-key \\",
            "    --issuer https://contoso.weu.attest.azure.net --policy vm.json --out /run/disk.key",
            "  cvm release --vault https://contoso.vault.azure.net --key disk-key \\",
            "    --issuer https://contoso.weu.attest.azure.net --policy vm.json \\",
            "    --release-policy release.json --out - | cryptsetup open --key-file=- /dev/sdc1 data");
    return Options.withCommon(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    boolean json = Options.isJson(arguments);
    String out = required(arguments, OUT);
    if (!out.equals(STANDARD_OUTPUT)) {
      OutputFolder.requireNew(out);
    } else if (json || console.shown().getAsBoolean()) {
      throw Options.wrong(
          arguments, OUT + " - is for a pipe: a key and nothing else, and never on a terminal");
    }
    String vault = ServiceOptions.vault(arguments).orElseThrow();
    String imds = ServiceOptions.imds(arguments);
    AppraisalPolicy policy =
        AppraisalPolicy.fromReferenceValues(
            ReferenceValues.parse(InputFile.read(required(arguments, POLICY))));
    String key = keyName(arguments);
    // Whatever the user got wrong is said before the machine is looked at.
    TokenIssuer issuer = world.issuer(ServiceOptions.issuer(arguments).orElseThrow());
    KeyReleaser releaser = releaser(vault, imds, releasePolicy(arguments));
    try (TpmTransport tpm = TpmOption.transport(arguments);
        AzureCvmAttester vm = world.attester(tpm, imds)) {
      Attest.requireConfidential(vm.platform());
      try (CvmAttestation attestation =
          CvmAttestation.builder()
              .guest(vm)
              .verifier(verifier())
              .policy(policy)
              .issuer(issuer)
              .agreement(new MaaAgreement())
              .releaser(releaser)
              .build()) {
        return finish(attestation.tryRelease(key), out, json, console);
      }
    }
  }

  private static String keyName(ParseResult arguments) {
    String key = required(arguments, KEY);
    if (!KEY_NAME.matcher(key).matches()) {
      throw Options.wrong(
          arguments, KEY + " is a name of letters, digits and dashes, or NAME/VERSION");
    }
    return key;
  }

  private KeyReleaser releaser(String vault, String imds, Optional<ReleasePolicy> terms) {
    KeyVaultReleaser.Builder releaser =
        world.releaser(vault, new ManagedIdentity(world.web(), imds));
    terms.ifPresent(releaser::requirePolicy);
    return releaser.build();
  }

  private static Optional<ReleasePolicy> releasePolicy(ParseResult arguments)
      throws CouldNotAskException {
    Optional<String> file = Options.text(arguments, RELEASE_POLICY);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(ReleasePolicy.parse(InputFile.read(file.get(), ReleasePolicy.MAX_SIZE)));
    } catch (MalformedException e) {
      throw Options.wrong(arguments, RELEASE_POLICY + ": no release policy: " + e.problem());
    }
  }

  private AzureCvmVerifier verifier() {
    AzureCvmVerifier.Builder verifier = AzureCvmVerifier.builder();
    world.anchors().ifPresent(verifier::trustAnchors);
    return verifier.build();
  }

  private static int finish(Attempt<ReleasedKey> attempt, String out, boolean json, Console console)
      throws CouldNotAskException {
    if (attempt instanceof Attempt.Denied<ReleasedKey> denied) {
      if (json) {
        console.out().println(ClaimJson.document(to -> write(denied, to)));
      } else if (out.equals(STANDARD_OUTPUT)) {
        console.say(headline(denied));
        denied.findings().forEach(finding -> console.say(finding.toString()));
      } else {
        console.line(headline(denied));
        VerdictText.findings("Reasons", denied.findings(), console);
      }
      return Cvm.REFUSED;
    }
    try (ReleasedKey key = attempt.orThrow()) {
      if (out.equals(STANDARD_OUTPUT)) {
        console.raw(key.octets());
        return Cvm.OK;
      }
      OutputFolder.writeSecret(out, key.octets());
      if (json) {
        console.out().println(ClaimJson.document(to -> write(key, out, to)));
      } else {
        console.line("RELEASED: " + key.keyId() + " (" + key.kind() + "), in " + out);
      }
      return Cvm.OK;
    }
  }

  private static String headline(Attempt.Denied<ReleasedKey> denied) {
    return "REFUSED in room "
        + (List.of(Room.values()).indexOf(denied.room()) + 1)
        + " of 7, "
        + denied.room().name().toLowerCase(Locale.ROOT)
        + ": the key stays where it is";
  }

  private static void write(Attempt.Denied<ReleasedKey> denied, JsonGenerator json)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("release", "refused");
    json.writeStringField("room", denied.room().name());
    VerdictJson.findings("findings", denied.findings(), json);
    json.writeEndObject();
  }

  private static void write(ReleasedKey key, String out, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("release", "released");
    json.writeStringField("key", key.keyId());
    json.writeStringField("kind", key.kind().name());
    json.writeStringField("file", out);
    json.writeEndObject();
  }

  private static String required(ParseResult arguments, String name) {
    return Options.text(arguments, name).orElseThrow();
  }
}

package io.github.cvmattestation.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.azure.AzureCvmAttester;
import io.github.cvmattestation.cli.Console.Color;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code cvm doctor}: whether this VM has all that attestation and a release of keys need. */
final class Doctor implements Command {
  private static final String BOOT_LOG = "boot-log";
  private static final int STATUS_COLUMN = 11;
  private static final int ID_COLUMN = 16;

  private final World world;

  Doctor(World world) {
    this.world = world;
  }

  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            "doctor",
            this,
            "Says whether this VM has all that attestation and a release of keys need, and what to"
                + " do about what it has not.",
            "",
            "Exit codes: 0 all is well; 1 something is to be fixed; 3 nobody answered at all.");
    TpmOption.addTo(spec);
    ServiceOptions.addImds(spec);
    ServiceOptions.addIssuer(spec, false, "The provider to ask instead of the region's.");
    ServiceOptions.addVault(spec, false);
    spec.addOption(Options.output());
    spec.usageMessage()
        .footerHeading("%nExamples:%n")
        .footer(
            "  cvm doctor", "  cvm doctor --vault https://contoso.vault.azure.net --output json");
    return Options.withCommon(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    boolean json = Options.isJson(arguments);
    String imds = ServiceOptions.imds(arguments);
    Optional<String> issuer = ServiceOptions.issuer(arguments);
    Optional<String> vault = ServiceOptions.vault(arguments);
    Health health = new Health();
    vtpm(arguments, imds, health);
    new ServiceHealth(world.web(), health).examine(imds, issuer, vault);
    if (json) {
      console.out().println(ClaimJson.document(out -> write(health, out)));
    } else {
      print(health, console);
    }
    return health.exitCode();
  }

  private void vtpm(ParseResult arguments, String imds, Health health) throws CouldNotAskException {
    try (TpmTransport transport = TpmOption.transport(arguments)) {
      VtpmHealth.examine(Tpm.over(transport), Instant.now(), health);
      try (AzureCvmAttester vm = world.attester(transport, imds)) {
        bootLog(vm, health);
      }
    } catch (AttestationException.Device e) {
      VtpmHealth.unreachable(e, health);
      health.notAsked(BOOT_LOG, "without the TPM it says nothing");
    }
  }

  private static void bootLog(AzureCvmAttester vm, Health health) {
    try {
      Optional<Bytes> log = vm.bootLog();
      if (log.isPresent()) {
        health.ok(BOOT_LOG, log.get().size() + " bytes, readable by this user");
      } else {
        health.problem(
            BOOT_LOG,
            "the operating system keeps none, so that nobody can tell what booted",
            "use an image that keeps one, such as Canonical's for confidential VMs");
      }
    } catch (AttestationException.Device e) {
      health.failed(BOOT_LOG, Health.Status.PROBLEM, e);
    }
  }

  private static void print(Health health, Console console) {
    for (Health.Line line : health.lines()) {
      Color color =
          switch (line.status()) {
            case OK -> Color.GREEN;
            case WARNING -> Color.YELLOW;
            case NOT_ASKED -> Color.DIM;
            case PROBLEM, UNREACHABLE -> Color.RED;
          };
      console.styled(
          console.paint(color, ClaimText.padded(line.status().label(), STATUS_COLUMN))
              + console.paint(Color.BOLD, ClaimText.padded(line.id(), ID_COLUMN))
              + Printable.of(line.what()));
      if (!line.next().isEmpty()) {
        console.line(" ".repeat(STATUS_COLUMN + ID_COLUMN) + "→ " + line.next());
      }
    }
  }

  private static void write(Health health, JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField(
        "health",
        switch (health.exitCode()) {
          case Cvm.OK -> "well";
          case Cvm.REFUSED -> "problems";
          default -> "unknown";
        });
    json.writeArrayFieldStart("lines");
    for (Health.Line line : health.lines()) {
      json.writeStartObject();
      json.writeStringField("id", line.id());
      json.writeStringField("status", line.status().label());
      json.writeStringField("what", line.what());
      json.writeStringField("next", line.next());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }
}

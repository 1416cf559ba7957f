package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.testkit.CrlSpec;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.SimulatedCvm;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/**
 * {@code cvm warm-up}, not in the help: runs every command once, so that the class-data archives
 * that {@code ./cvm} makes hold the classes of a verification that succeeds. For that it needs
 * trust anchors of its own, which no option of the command can name.
 */
final class WarmUp implements Command {
  @Override
  public CommandSpec spec() {
    CommandSpec spec =
        Options.command(
            "warm-up", this, "Runs every command once, on a simulated VM, and prints nothing.");
    spec.usageMessage().hidden(true);
    return Options.withCommon(spec);
  }

  @Override
  public int run(ParseResult arguments, Console console) throws CouldNotAskException {
    try {
      Path folder = Files.createTempDirectory("cvm");
      List<Path> files = new ArrayList<>();
      try {
        return runAll(folder, files);
      } finally {
        for (Path file : files) {
          Files.deleteIfExists(file);
        }
        Files.deleteIfExists(folder);
      }
    } catch (IOException e) {
      throw new CouldNotAskException("cannot write temporary files");
    }
  }

  private static int runAll(Path folder, List<Path> files) throws IOException {
    // Whoever looks for one provider may come by any other first: the JDK draws their order anew at
    // each start.
    Security.getProviders();
    SimulatedCvm machine = SimulatedCvm.create();
    Nonce nonce = Nonce.random();
    String hex = nonce.value().hex();
    String now = Instant.now().toString();
    Bytes leaf = FakeAmdPki.pem(machine.leaf().certificate());
    Bytes list = machine.pki().crl(CrlSpec.of(machine.line()));
    String report = write(folder, files, machine.snpReport(ReportData.of(nonce)));
    String evidence = write(folder, files, machine.attest(nonce).content());
    String certs = write(folder, files, leaf.concat(machine.pki().chainPem(machine.line())));
    String crl = write(folder, files, list);
    SimulatedCvm td = SimulatedCvm.builder().tdx().build();
    String quote = write(folder, files, td.tdQuote(ReportData.of(nonce)));
    String collateral = write(folder, files, td.endorsements().documents().get(0));
    String tdx = write(folder, files, td.attest(nonce).content());
    int worst = silently(Optional.empty(), "demo");
    Optional<TrustAnchors> intel = Optional.of(td.trustAnchors());
    worst =
        Math.max(
            worst,
            silently(
                intel,
                "verify",
                "tdx",
                "--quote",
                quote,
                "--nonce",
                hex,
                "--collateral",
                collateral));
    worst =
        Math.max(
            worst,
            silently(
                intel,
                "verify",
                "azure",
                "--evidence",
                tdx,
                "--nonce",
                hex,
                "--collateral",
                collateral));
    for (String format : new String[] {"text", "json"}) {
      Optional<TrustAnchors> own = Optional.of(machine.trustAnchors());
      String[][] commands = {
        {"verify", "snp", "--report", report, "--certs", certs, "--at", now, "--output", format},
        {"verify", "snp", "--report", report, "--certs", certs, "--nonce", hex, "--crl", crl},
        {"verify", "azure", "--evidence", evidence, "--nonce", hex, "--output", format},
        {"inspect", report, "--output", format},
      };
      for (String[] command : commands) {
        worst = Math.max(worst, silently(own, command));
      }
    }
    return worst;
  }

  private static int silently(Optional<TrustAnchors> anchors, String... command) {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return Cvm.run(command, new Console(nowhere, nowhere, false), anchors);
  }

  private static String write(Path folder, List<Path> files, Bytes content) throws IOException {
    Path file = Files.write(folder.resolve("file" + files.size()), content.toArray());
    files.add(file);
    return file.toString();
  }
}

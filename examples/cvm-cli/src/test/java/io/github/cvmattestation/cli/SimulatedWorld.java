package io.github.cvmattestation.cli;

import com.azure.core.credential.TokenCredential;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.TrustAnchors;
import io.github.cvmattestation.attestation.token.TokenIssuer;
import io.github.cvmattestation.azure.AzureCvmAttester;
import io.github.cvmattestation.azure.KeyVaultReleaser;
import io.github.cvmattestation.testkit.FakeImds;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SoftwareTpmServer;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A simulated machine behind sockets, as the command finds a real one. Whom nobody plays does not
 * answer: no test leaves this machine.
 */
final class SimulatedWorld implements World, AutoCloseable {
  private final TrustAnchors trusted;
  private final SoftwareTpmServer tpm;
  private final SimulatedCloud cloud;
  private final DirectWeb direct = new DirectWeb();
  private final Map<String, Web.Answer> played = new LinkedHashMap<>();
  private final List<String> asked = new ArrayList<>();
  private boolean shown;
  private Optional<Supplier<Optional<Bytes>>> log = Optional.empty();

  SimulatedWorld(SimulatedCvm machine) {
    this(machine, machine.trustAnchors());
  }

  /** In which others are trusted than the machine's vendor. */
  SimulatedWorld(SimulatedCvm machine, TrustAnchors trusted) {
    this.trusted = trusted;
    tpm = SoftwareTpmServer.serve(machine.vtpm()::transmit, () -> {}, locality -> {});
    cloud = new SimulatedCloud(machine, Instant.now());
  }

  FakeImds imds() {
    return cloud.imds();
  }

  SimulatedCloud cloud() {
    return cloud;
  }

  /** From now on somebody answers at this address. */
  void play(String url, int status, String challenge, String body) {
    played.put(
        url,
        new Web.Answer(
            status,
            Optional.of(challenge).filter(text -> !text.isEmpty()),
            Bytes.of(body.getBytes(StandardCharsets.UTF_8))));
  }

  /** From now on the command's output is a terminal. */
  void showOutput() {
    shown = true;
  }

  /** What was asked beyond the machine itself. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  @Override
  public Optional<TrustAnchors> anchors() {
    return Optional.of(trusted);
  }

  /** From now on the operating system has this log of the boot. */
  void log(Supplier<Optional<Bytes>> kept) {
    log = Optional.of(kept);
  }

  @Override
  public AzureCvmAttester attester(TpmTransport way, String imdsUrl) {
    if (log.isPresent()) {
      return AzureCvmAttester.builder().tpm(way).bootLog(log.get()).build();
    }
    return cloud.attester(way, imdsUrl);
  }

  @Override
  public TokenIssuer issuer(String url) {
    return cloud.issuer(url);
  }

  @Override
  public KeyVaultReleaser.Builder releaser(String url, TokenCredential credential) {
    return cloud.releaser(url, credential);
  }

  @Override
  public Web web() {
    return (url, headers) -> {
      if (url.startsWith(imds().url())) {
        return direct.get(url, headers);
      }
      asked.add(url);
      return Optional.ofNullable(played.get(url));
    };
  }

  /** Runs the command in this world, with this machine's TPM and metadata service. */
  Ran cvm(String... words) {
    List<String> args = new ArrayList<>(List.of(words));
    args.addAll(List.of("--tpm", "tcp:127.0.0.1:" + tpm.port(), "--imds", imds().url()));
    return run(args);
  }

  /** Runs the command in this world, with the options that are given and no others. */
  Ran run(List<String> args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console =
        new Console(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            (question, max) -> new byte[0],
            false,
            () -> shown);
    int code = Cvm.run(args.toArray(String[]::new), console, this);
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    cloud.close();
    tpm.close();
  }
}

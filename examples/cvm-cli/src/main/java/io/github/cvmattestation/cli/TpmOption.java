package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmTransport;
import io.github.cvmattestation.vtpm.TpmTransports;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** {@code --tpm}: which TPM, and how to get to it. */
final class TpmOption {
  private static final String TPM = "--tpm";
  private static final String MANAGED = "device:/dev/tpmrm0";

  private TpmOption() {}

  /** What is done with a TPM. */
  interface Use {
    /**
     * Does it.
     *
     * @return the exit code
     */
    int with(Tpm tpm) throws CouldNotAskException;
  }

  static CommandSpec addTo(CommandSpec spec) {
    return spec.addOption(
        Options.value(
                TPM,
                "WAY",
                MANAGED
                    + " (the default), tcp:HOST:PORT or unix:PATH (swtpm), mssim:HOST:PORT, tbs",
                "(Windows), device:/dev/tpm0 (past the kernel's resource manager).")
            .build());
  }

  /** Opens the TPM that was chosen, and closes it. What it cannot be asked is exit code 3. */
  static int use(ParseResult arguments, Use use) throws CouldNotAskException {
    try (TpmTransport transport = transport(arguments)) {
      return use.with(Tpm.over(transport));
    } catch (AttestationException.Device e) {
      throw new CouldNotAskException(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The way to the TPM that was chosen; whoever uses it closes it.
   *
   * @throws AttestationException.Device if there is none
   */
  static TpmTransport transport(ParseResult arguments) throws CouldNotAskException {
    return open(arguments, Options.text(arguments, TPM).orElse(MANAGED));
  }

  private static TpmTransport open(ParseResult arguments, String way) throws CouldNotAskException {
    int colon = way.indexOf(':');
    String kind = colon < 0 ? way : way.substring(0, colon);
    String rest = way.substring(colon + 1);
    return switch (kind) {
      case "tcp" -> TpmTransports.tcp(address(arguments, rest));
      case "mssim" -> TpmTransports.simulator(address(arguments, rest));
      case "unix" -> TpmTransports.unixSocket(path(arguments, rest));
      case "tbs" -> TpmTransports.windows();
      case "device" -> device(arguments, rest);
      default -> throw wrong(arguments);
    };
  }

  private static TpmTransport device(ParseResult arguments, String path) {
    return switch (path) {
      case "/dev/tpmrm0" -> TpmTransports.linux();
      case "/dev/tpm0" -> TpmTransports.linuxWithoutResourceManager();
      default -> throw wrong(arguments);
    };
  }

  private static Path path(ParseResult arguments, String path) {
    try {
      return Path.of(path);
    } catch (InvalidPathException e) {
      throw wrong(arguments);
    }
  }

  private static InetSocketAddress address(ParseResult arguments, String hostAndPort)
      throws CouldNotAskException {
    int colon = hostAndPort.lastIndexOf(':');
    String host = hostAndPort.substring(0, Math.max(0, colon));
    String port = hostAndPort.substring(colon + 1);
    if (host.isEmpty() || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > 0xFFFF) {
      throw wrong(arguments);
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), Integer.parseInt(port));
    } catch (UnknownHostException e) {
      throw new CouldNotAskException("no such host: " + host);
    }
  }

  private static RuntimeException wrong(ParseResult arguments) {
    return Options.wrong(
        arguments,
        TPM + " is device:/dev/tpmrm0, tcp:HOST:PORT, unix:PATH, mssim:HOST:PORT or tbs");
  }
}

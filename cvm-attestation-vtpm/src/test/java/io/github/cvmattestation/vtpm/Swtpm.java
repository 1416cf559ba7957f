package io.github.cvmattestation.vtpm;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.AttestationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** An swtpm of one test, on a UNIX socket, started up. */
final class Swtpm {
  private final Process process;
  private final Path socket;

  private Swtpm(Process process, Path socket) {
    this.process = process;
    this.socket = socket;
  }

  static Swtpm start(Path directory) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/swtpm")), "swtpm is not installed");
    Path socket = directory.resolve("s");
    Path log = directory.resolve("log");
    Process process =
        new ProcessBuilder(
                List.of(
                    "/usr/bin/swtpm",
                    "socket",
                    "--tpm2",
                    "--tpmstate",
                    "dir=" + directory,
                    "--server",
                    "type=unixio,path=" + socket,
                    "--ctrl",
                    "type=unixio,path=" + socket + ".ctrl",
                    "--flags",
                    "not-need-init,startup-clear"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    // The socket appears once swtpm listens.
    while (!Files.exists(socket) && !process.waitFor(5, TimeUnit.MILLISECONDS)) {
      Thread.onSpinWait();
    }
    assumeTrue(process.isAlive(), () -> "swtpm does not start: " + log);
    return new Swtpm(process, socket);
  }

  TpmTransport connect() {
    // The socket's file is there before swtpm listens on it.
    for (int attempt = 0; attempt < 400; attempt++) {
      try {
        return TpmTransports.unixSocket(socket);
      } catch (AttestationException.Device notYet) {
        LockSupport.parkNanos(5_000_000);
      }
    }
    return TpmTransports.unixSocket(socket);
  }

  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(5, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}

package io.github.cvmattestation.vtpm.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A LUKS2 image that the real cryptsetup and systemd-cryptenroll work on. */
final class LuksVolume {
  private static final String PASSWORD = "of key slot 0";
  private static final long SIZE = 20L << 20;

  private final Path image;

  private LuksVolume(Path image) {
    this.image = image;
  }

  /** A fresh volume; skips the test, saying so, where a program is absent. */
  static LuksVolume format(Path folder) throws IOException {
    for (String program : List.of("cryptsetup", "systemd-cryptenroll")) {
      assumeTrue(
          Stream.of("/usr/bin", "/usr/sbin", "/sbin", "/bin")
              .anyMatch(at -> Files.isExecutable(Path.of(at, program))),
          program + " is not installed (Debian packages cryptsetup-bin and systemd)");
    }
    Path image = folder.resolve("volume.img");
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(SIZE);
    }
    LuksVolume volume = new LuksVolume(image);
    volume.cryptsetup(
        PASSWORD.getBytes(StandardCharsets.UTF_8),
        "luksFormat",
        "--batch-mode",
        "--type=luks2",
        "--pbkdf=pbkdf2",
        "--pbkdf-force-iterations=1000",
        "--key-file=-",
        image.toString());
    return volume;
  }

  Path image() {
    return image;
  }

  /** systemd-cryptenroll, with the volume's password. */
  void enroll(String... options) throws IOException {
    List<String> command = new ArrayList<>(List.of("systemd-cryptenroll"));
    command.addAll(List.of(options));
    command.add(image.toString());
    assertThat(run(command, new byte[0])).as("exit code of %s", command).isZero();
  }

  /** Adds a passphrase to a key slot. */
  void addKey(byte[] passphrase, int slot, Path folder) throws IOException {
    Path file = folder.resolve("new.key");
    Files.write(file, passphrase);
    cryptsetup(
        PASSWORD.getBytes(StandardCharsets.UTF_8),
        "luksAddKey",
        "--batch-mode",
        "--pbkdf=pbkdf2",
        "--pbkdf-force-iterations=1000",
        "--key-file=-",
        "--key-slot=" + slot,
        image.toString(),
        file.toString());
  }

  /** {@code cryptsetup token import}. */
  void importToken(String json) throws IOException {
    cryptsetup(
        json.getBytes(StandardCharsets.UTF_8),
        "token",
        "import",
        "--json-file=-",
        image.toString());
  }

  /** Whether the real cryptsetup opens this very slot with it. */
  boolean opens(byte[] passphrase, int slot) throws IOException {
    return run(
            List.of(
                "cryptsetup",
                "open",
                "--test-passphrase",
                "--key-file=-",
                "--key-slot=" + slot,
                image.toString()),
            passphrase)
        == 0;
  }

  private void cryptsetup(byte[] input, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("cryptsetup"));
    command.addAll(List.of(arguments));
    assertThat(run(command, input)).as("exit code of %s", command).isZero();
  }

  private int run(List<String> command, byte[] input) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(image.resolveSibling("log").toFile());
    builder.environment().put("PASSWORD", PASSWORD);
    builder.environment().put("NEWPIN", "2580");
    builder.environment().merge("PATH", "/usr/sbin:/sbin", (path, more) -> path + ":" + more);
    Process process = builder.start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input);
    }
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("end of %s", command).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    return process.exitValue();
  }
}

package io.github.cvmattestation.attestation.eventlog;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Real logs; a test that needs one is skipped, saying so, where they are absent. */
final class Vectors {
  private Vectors() {}

  static Bytes read(String file) {
    Path folder = Path.of(System.getProperty("cvm.vectors", "../../shared/vectors"));
    assumeTrue(
        Files.isDirectory(folder), "no real evidence at " + folder + " (property cvm.vectors)");
    try {
      return Bytes.of(Files.readAllBytes(folder.resolve(file)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

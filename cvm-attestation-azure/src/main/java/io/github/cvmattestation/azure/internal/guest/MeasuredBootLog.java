package io.github.cvmattestation.azure.internal.guest;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.eventlog.EventLog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** Where operating systems keep the log of what firmware and boot loader measured. */
public final class MeasuredBootLog {
  private static final Path LINUX = Path.of("/sys/kernel/security/tpm0/binary_bios_measurements");

  /** One file for each boot, the newest of which is this one's. */
  private static final Path WINDOWS = Path.of("C:\\Windows\\Logs\\MeasuredBoot");

  private MeasuredBootLog() {}

  /** Opens a log. */
  interface Opener {
    InputStream open() throws IOException;
  }

  /**
   * The log of this boot; empty where none is kept. Images exist on Azure that keep none: whoever
   * demands what booted then says so.
   *
   * @throws AttestationException.Device if there is one that this user may not read: without it
   *     Azure's service would take the machine for one that kept none
   */
  public static Optional<Bytes> local(OsInfo.Type type) {
    return type == OsInfo.Type.LINUX
        ? read(LINUX, () -> Files.newInputStream(LINUX))
        : read(WINDOWS, () -> Files.newInputStream(newest(WINDOWS)));
  }

  /**
   * The content of a log, if there is any and no more than a log may have.
   *
   * @param where for messages
   */
  static Optional<Bytes> read(Path where, Opener opener) {
    try (InputStream in = opener.open()) {
      byte[] log = in.readNBytes(EventLog.MAX_SIZE + 1);
      return log.length == 0 || log.length > EventLog.MAX_SIZE
          ? Optional.empty()
          : Optional.of(Bytes.of(log));
    } catch (AccessDeniedException e) {
      throw new AttestationException.Device(
          "the log of this boot, " + where + ", may not be read by this user",
          "run as root, or name a copy that root makes at each boot");
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** The file {@code *.log} that was written last. */
  static Path newest(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".log"))
          .max(Comparator.comparingLong(file -> file.toFile().lastModified()))
          .orElseThrow(() -> new NoSuchFileException(folder.toString()));
    }
  }
}

package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A TPM device of Linux: one write for a command, one read for its response (kernel
 * Documentation/security/tpm). Old kernels discard what the one read leaves.
 *
 * <p>Not a FileChannel: an interrupt would close it, and closing flushes all that is loaded.
 */
public final class LinuxTpm extends GuardedTransport {
  private final RandomAccessFile file;

  private LinuxTpm(Path path, RandomAccessFile file) {
    super(path.toString());
    this.file = file;
  }

  /** Opens {@code path}. */
  public static TpmTransport open(Path path) {
    try {
      // "rw" would make a plain file where there is none, and take commands down into it.
      if (!Files.exists(path)) {
        throw new FileNotFoundException("there is no such device");
      }
      return new LinuxTpm(path, new RandomAccessFile(path.toFile(), "rw"));
    } catch (FileNotFoundException e) {
      AttestationException.Device missing =
          new AttestationException.Device(
              path + " cannot be opened: " + e.getMessage(),
              "run on a machine with a TPM, as root or in the group tss");
      missing.initCause(e);
      throw missing;
    }
  }

  @Override
  byte[] exchange(byte[] command) throws IOException {
    file.write(command);
    byte[] buffer = new byte[MAX_SIZE];
    int size = file.read(buffer);
    if (size < 0) {
      throw new EOFException("no response");
    }
    byte[] response = Arrays.copyOf(buffer, size);
    Arrays.fill(buffer, (byte) 0);
    return response;
  }

  @Override
  void release() throws IOException {
    file.close();
  }
}

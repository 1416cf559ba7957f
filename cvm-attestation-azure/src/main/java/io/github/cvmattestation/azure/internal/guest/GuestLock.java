package io.github.cvmattestation.azure.internal.guest;

import io.github.cvmattestation.attestation.AttestationException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one process of the VM at a time have reports made, as far as they use this library. Others
 * are noticed by what they do to the report.
 */
public final class GuestLock {
  private static final Duration PAUSE = Duration.ofMillis(250);
  private static final int TRIES = 240;
  private static final Path RESOURCE_MANAGER = Path.of("/dev/tpmrm0");
  private static final String NAME = "cvm-attestation-azure.lock";

  private final FileChannel channel;
  private final FileLock lock;

  private GuestLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Where the lock is, unless somebody says otherwise: at the TPM's own device, so that only who
   * may use the TPM can make others wait for it. Where there is none for this user, such as on
   * Windows, it is a file among the temporary ones; there, users do not wait for each other, and
   * notice one another by what happens to the report.
   */
  public static Path defaultFile() {
    return defaultFile(RESOURCE_MANAGER);
  }

  static Path defaultFile(Path device) {
    return Files.isReadable(device) && Files.isWritable(device)
        ? device
        : Path.of(System.getProperty("java.io.tmpdir")).resolve(NAME);
  }

  /**
   * Does {@code work} while holding the lock; waits for it a minute at most.
   *
   * @param pause waits
   * @throws AttestationException.Device if it cannot be had
   */
  public static <T> T holding(Path file, Consumer<Duration> pause, Supplier<T> work) {
    GuestLock lock = acquire(file, pause);
    try {
      return work.get();
    } finally {
      lock.close();
    }
  }

  private static GuestLock acquire(Path file, Consumer<Duration> pause) {
    FileChannel channel;
    try {
      // Through a symbolic link, a stranger could choose the file that is created here. Opened for
      // writing alone, a pipe of that name would keep us waiting for its reader.
      channel =
          FileChannel.open(
              file,
              Set.of(
                  StandardOpenOption.CREATE,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      throw new AttestationException.Device(
          "the lock file " + file + " cannot be opened",
          "name one that all programs which attest this machine may write, and nobody else");
    }
    GuestLock held = null;
    try {
      for (int attempt = 0; held == null && attempt < TRIES; attempt++) {
        FileLock lock = tryLock(channel);
        if (lock != null) {
          held = new GuestLock(channel, lock);
        } else {
          pause.accept(PAUSE);
        }
      }
    } catch (IOException e) {
      throw new AttestationException.Device(
          "the lock file " + file + " cannot be locked", "name another lock file");
    } finally {
      if (held == null) {
        close(channel);
      }
    }
    if (held == null) {
      throw new AttestationException.Device(
          "another process has held the lock " + file + " for a minute",
          "find it with: lsof " + file);
    }
    return held;
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // held within this very process
    }
  }

  private void close() {
    try {
      lock.release();
    } catch (IOException e) {
      // Closing the channel releases it as well.
    } finally {
      close(channel);
    }
  }

  private static void close(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // The file stays, and so it should: others may be waiting for it.
    }
  }
}

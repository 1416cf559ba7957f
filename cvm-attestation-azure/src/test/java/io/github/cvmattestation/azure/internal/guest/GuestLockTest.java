package io.github.cvmattestation.azure.internal.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.AttestationException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One program of a VM at a time has reports made. */
class GuestLockTest {
  @TempDir private Path folder;

  private final List<Duration> pauses = new ArrayList<>();

  private Path file() {
    return folder.resolve("lock");
  }

  @Test
  void workIsDoneWhileTheLockIsHeldAndNotAfterwards() throws Exception {
    String done =
        GuestLock.holding(
            file(),
            pauses::add,
            () -> {
              assertThatThrownBy(() -> GuestLock.holding(file(), pause -> {}, () -> "again"))
                  .isInstanceOf(AttestationException.Device.class);
              return "done";
            });
    assertThat(done).isEqualTo("done");
    assertThat(pauses).isEmpty();
    assertFree();
    assertThat(file()).exists();
  }

  @Test
  void theLockIsGivenBackAfterWorkThatFails() throws Exception {
    assertThatThrownBy(
            () ->
                GuestLock.holding(
                    file(),
                    pauses::add,
                    () -> {
                      throw new IllegalStateException("no report");
                    }))
        .hasMessage("no report");
    assertFree();
  }

  @Test
  void whoeverHoldsItIsWaitedForAMinuteAndNotForEver() throws Exception {
    try (FileChannel other = open();
        FileLock held = other.lock()) {
      assertThat(held.isValid()).isTrue();
      assertThatThrownBy(() -> GuestLock.holding(file(), pauses::add, () -> "never"))
          .isInstanceOf(AttestationException.Device.class)
          .hasMessageContaining("another process has held the lock")
          .hasMessageContaining("lsof " + file());
    }
    assertThat(pauses.stream().reduce(Duration.ZERO, Duration::plus))
        .isEqualTo(Duration.ofMinutes(1));
    assertFree();
  }

  @Test
  void whenItIsGivenBackTheWorkBegins() throws Exception {
    AtomicInteger waited = new AtomicInteger();
    try (FileChannel other = open()) {
      FileLock held = other.lock();
      String done =
          GuestLock.holding(
              file(),
              pause -> {
                if (waited.incrementAndGet() == 3) {
                  release(held);
                }
              },
              () -> "done");
      assertThat(done).isEqualTo("done");
    }
    assertThat(waited).hasValue(3);
  }

  @Test
  void whatCannotBeOpenedOrIsALinkIsNamed() throws Exception {
    Path elsewhere = folder.resolve("absent").resolve("lock");
    assertThatThrownBy(() -> GuestLock.holding(elsewhere, pauses::add, () -> "never"))
        .isInstanceOf(AttestationException.Device.class)
        .hasMessageContaining("cannot be opened")
        .hasMessageContaining(elsewhere.toString());
    Path victim = folder.resolve("victim");
    Files.createSymbolicLink(file(), victim);
    assertThatThrownBy(() -> GuestLock.holding(file(), pauses::add, () -> "never"))
        .hasMessageContaining("cannot be opened");
    assertThat(victim).doesNotExist();
  }

  /** Nobody can make others wait who may not use the TPM either. */
  @Test
  void theUsualLockIsAtTheTpmsDevice() throws Exception {
    Path device = Files.createFile(folder.resolve("tpmrm0"));
    assertThat(GuestLock.defaultFile(device)).isEqualTo(device);
    assertThat(GuestLock.defaultFile(folder.resolve("absent")))
        .isEqualTo(
            Path.of(System.getProperty("java.io.tmpdir")).resolve("cvm-attestation-azure.lock"));
  }

  @Test
  void aDeviceCanBeLockedLikeAFile() {
    Path device = Path.of("/dev/null");
    assumeTrue(Files.isWritable(device), "this system has no such device");
    String done =
        GuestLock.holding(
            device,
            pauses::add,
            () -> {
              assertThatThrownBy(() -> GuestLock.holding(device, pause -> {}, () -> "again"))
                  .hasMessageContaining("has held the lock");
              return "done";
            });
    assertThat(done).isEqualTo("done");
  }

  /** Whoever opens one for writing waits for a reader, who need not come. */
  @Test
  @Timeout(60)
  void aPipeInPlaceOfTheFileKeepsNobodyWaiting() throws Exception {
    Process mkfifo;
    try {
      mkfifo = new ProcessBuilder("mkfifo", file().toString()).start();
    } catch (IOException e) {
      assumeTrue(false, "this system makes no pipes by name");
      return;
    }
    assertThat(mkfifo.waitFor()).isZero();
    assertThat(GuestLock.holding(file(), pauses::add, () -> "done")).isEqualTo("done");
  }

  private FileChannel open() throws Exception {
    return FileChannel.open(file(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private void assertFree() throws Exception {
    try (FileChannel channel = open();
        FileLock lock = channel.tryLock()) {
      assertThat(lock).isNotNull();
    }
  }

  private static void release(FileLock lock) {
    try {
      lock.release();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}

package io.github.cvmattestation.azure.internal.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.eventlog.EventLog;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of this boot, where operating systems keep it. */
class MeasuredBootLogTest {
  private static final Instant BOOT = Instant.parse("2026-06-01T00:00:00Z");

  @TempDir private Path folder;

  private Path file(String name, int size, Instant written) throws IOException {
    Path file = Files.write(folder.resolve(name), new byte[size]);
    Files.setLastModifiedTime(file, FileTime.from(written));
    return file;
  }

  private static Optional<Bytes> read(Path file) {
    return MeasuredBootLog.read(file, () -> Files.newInputStream(file));
  }

  /** Azure's service would take it for a machine that kept none, and Secure Boot for off. */
  @Test
  void oneThatThisUserMayNotReadIsNotTakenForNone() {
    assertThatThrownBy(
            () ->
                MeasuredBootLog.read(
                    folder,
                    () -> {
                      throw new AccessDeniedException("secret");
                    }))
        .isInstanceOf(AttestationException.Device.class)
        .hasMessageContaining("may not be read by this user")
        .hasMessageContaining("a copy that root makes at each boot")
        .hasMessageNotContaining("secret");
  }

  /** Windows writes one at each boot and resume: 0000000042-0000000001.log, say. */
  @Test
  void onWindowsTheLogThatWasWrittenLastIsThisBoots() throws IOException {
    file("0000000043-0000000000.log", 10, BOOT.minusSeconds(86_400));
    Path latest = file("0000000042-0000000001.log", 10, BOOT);
    file("0000000041-0000000000.log", 10, BOOT.minusSeconds(172_800));
    file("index.json", 10, BOOT.plusSeconds(60));
    file("log", 10, BOOT.plusSeconds(60));
    assertThat(MeasuredBootLog.newest(folder)).isEqualTo(latest);
  }

  @Test
  void whereNoneIsKeptThereIsNone() throws IOException {
    for (Path none : new Path[] {folder, folder.resolve("absent")}) {
      assertThatThrownBy(() -> MeasuredBootLog.newest(none))
          .isInstanceOf(NoSuchFileException.class);
    }
    assertThat(read(folder.resolve("absent"))).isEmpty();
    assertThat(read(folder)).isEmpty();
    assertThat(read(file("empty.log", 0, BOOT))).isEmpty();
  }

  @Test
  void aLogIsReadToItsEndUnlessNoLogIsSoLarge() throws IOException {
    Path largest = file("largest.log", EventLog.MAX_SIZE, BOOT);
    assertThat(read(largest).map(Bytes::size)).contains(EventLog.MAX_SIZE);
    assertThat(read(file("larger.log", EventLog.MAX_SIZE + 1, BOOT))).isEmpty();
  }
}

package io.github.cvmattestation.vtpm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.vtpm.Tpm;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The device's transport without a device. In a plain file the command goes over its beginning, and
 * what follows there is the response; a FIFO, which cannot seek, gives back what it was given.
 */
class LinuxTpmTest {
  private static final byte[] COMMAND = HexFormat.of().parseHex("80010000000c0000017b0008");
  private static final String RANDOM = "800100000014000000000008" + "0011223344556677";

  @TempDir private Path directory;

  /** A file that answers the first command with {@code response}. */
  private Path answering(byte[] response) throws IOException {
    byte[] content =
        ByteBuffer.allocate(COMMAND.length + response.length)
            .position(COMMAND.length)
            .put(response)
            .array();
    return Files.write(directory.resolve("tpm"), content);
  }

  @Test
  void theCommandIsWrittenAsItIsAndTheRestIsItsResponse() throws IOException {
    Path file = answering(HexFormat.of().parseHex(RANDOM));
    try (Tpm tpm = Tpm.over(LinuxTpm.open(file))) {
      assertThat(tpm.getRandom(8)).isEqualTo(Bytes.ofHex("0011223344556677"));
    }
    assertThat(Bytes.of(Files.readAllBytes(file)).slice(0, COMMAND.length))
        .isEqualTo(Bytes.of(COMMAND));
  }

  /** One read: an old kernel has nothing for a second one. */
  @Test
  void aResponseThatTheOneReadDoesNotCompleteIsRefused() throws IOException {
    String whole = RANDOM;
    for (int size = 1; size < whole.length() / 2; size++) {
      Path file = answering(HexFormat.of().parseHex(whole.substring(0, 2 * size)));
      try (Tpm tpm = Tpm.over(LinuxTpm.open(file))) {
        assertThatThrownBy(() -> tpm.getRandom(8))
            .isInstanceOf(AttestationException.Device.class)
            .hasMessageContaining("malformed response");
      }
    }
  }

  @Test
  void notMoreThanTheLargestResponseIsRead() throws IOException {
    try (TpmTransport tpm = LinuxTpm.open(answering(new byte[5000]))) {
      assertThat(tpm.transmit(COMMAND)).hasSize(TpmTransport.MAX_SIZE);
    }
  }

  @Test
  void afterADeviceWithoutAnAnswerNothingMoreIsWritten() throws IOException {
    Path file = answering(new byte[0]);
    try (TpmTransport tpm = LinuxTpm.open(file)) {
      assertRefused(tpm, "no response");
      assertRefused(tpm, "earlier command");
      assertRefused(tpm, "earlier command");
    }
    assertThat(Files.readAllBytes(file)).isEqualTo(COMMAND);
  }

  @Test
  void aDeviceNeedNotSeek() throws IOException, InterruptedException {
    Path fifo = directory.resolve("fifo");
    assumeTrue(
        new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor() == 0, "no mkfifo here");
    byte[] longest = ByteBuffer.allocate(4096).put(COMMAND).array();
    try (TpmTransport tpm = LinuxTpm.open(fifo)) {
      assertThat(tpm.transmit(COMMAND)).isEqualTo(COMMAND);
      assertThat(tpm.transmit(longest)).isEqualTo(longest);
      assertThat(tpm.transmit(COMMAND)).isEqualTo(COMMAND);
    }
  }

  @Test
  void aMissingDeviceIsNotMadeAndSaysWhatToDo() {
    Path missing = directory.resolve("tpmrm0");
    assertThatThrownBy(() -> LinuxTpm.open(missing))
        .isInstanceOf(AttestationException.Device.class)
        .hasMessageContaining("tss");
    assertThat(missing).doesNotExist();
  }

  private static void assertRefused(TpmTransport tpm, String why) {
    assertThatThrownBy(() -> tpm.transmit(COMMAND))
        .isInstanceOf(AttestationException.Device.class)
        .hasMessageContaining(why);
  }
}

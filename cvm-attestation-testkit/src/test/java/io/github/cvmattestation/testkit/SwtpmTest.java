package io.github.cvmattestation.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The harness itself. */
class SwtpmTest {
  private static final String GET_RANDOM = "80010000000c0000017b0008";
  private static final String STARTUP_CLEAR = "80010000000c000001440000";
  private static final String READ_PCR0 = "8001000000140000017e00000001000b03010000";
  private static final int TPM_RC_INITIALIZE = 0x100;

  @Test
  void twoRunSideBySideAndAnswer() {
    try (Swtpm one = Swtpm.start();
        Swtpm two = Swtpm.startOnTcp()) {
      assertEquals(0, code(one, GET_RANDOM));
      assertEquals(0, code(two, GET_RANDOM));
      one.disconnect();
      assertEquals(0, code(one, GET_RANDOM));
    }
  }

  @Test
  void afterAPowerCycleOnlyStartupWorks() {
    try (Swtpm tpm = Swtpm.start()) {
      tpm.powerCycle();
      assertEquals(TPM_RC_INITIALIZE, code(tpm, GET_RANDOM));
      assertEquals(0, code(tpm, STARTUP_CLEAR));
      assertEquals(0, code(tpm, GET_RANDOM));
    }
  }

  @Test
  void startupFromLocality3IsInPcr0() {
    try (Swtpm tpm = Swtpm.startWithoutStartup()) {
      tpm.locality(3);
      assertEquals(0, code(tpm, STARTUP_CLEAR));
      byte[] reply = tpm.transmit(HexFormat.of().parseHex(READ_PCR0));
      assertEquals(3, reply[reply.length - 1]);
    }
  }

  @Test
  void closingEndsTheProcessAndDeletesItsState() {
    Swtpm tpm = Swtpm.start();
    tpm.close();
    assertFalse(tpm.isRunning());
    assertThrows(UncheckedIOException.class, () -> code(tpm, GET_RANDOM));
  }

  private static int code(Swtpm tpm, String command) {
    return ByteBuffer.wrap(tpm.transmit(HexFormat.of().parseHex(command))).getInt(6);
  }
}

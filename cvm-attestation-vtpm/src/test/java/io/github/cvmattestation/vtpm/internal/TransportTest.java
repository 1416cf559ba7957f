package io.github.cvmattestation.vtpm.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Time limits, interrupts, closing, and what the simulator and TBS are told. */
class TransportTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final byte[] COMMAND = frame(12);

  /** What a server does with one connection. */
  private interface Script {
    void run(InputStream in, OutputStream out) throws IOException;
  }

  private static byte[] frame(int size) {
    return ByteBuffer.allocate(size).putShort((short) 0x8001).putInt(size).array();
  }

  private static InetSocketAddress serve(Script script) throws IOException {
    ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    Thread thread =
        new Thread(
            () -> {
              try (server;
                  Socket socket = server.accept()) {
                script.run(socket.getInputStream(), socket.getOutputStream());
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  @Test
  void silenceEndsAfterTheTimeLimit() throws IOException {
    InetSocketAddress address = serve((in, out) -> in.readAllBytes());
    try (TpmTransport tpm = SocketTpm.tcp(address, Duration.ofMillis(50))) {
      assertBroken(tpm, "no answer within");
    }
  }

  @Test
  void anInterruptClosesNothingAndIsKept() throws IOException {
    InetSocketAddress address =
        serve(
            (in, out) -> {
              for (int i = 0; i < 2; i++) {
                in.readNBytes(COMMAND.length);
                out.write(frame(10));
              }
              in.read();
            });
    try (TpmTransport tpm = SocketTpm.tcp(address, TIMEOUT)) {
      Thread.currentThread().interrupt();
      assertThat(tpm.transmit(COMMAND)).hasSize(10);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(tpm.transmit(COMMAND)).hasSize(10);
    }
  }

  @Test
  void closingTwiceIsClosingOnceAndUseAfterwardsSaysSo() throws IOException {
    TpmTransport tpm = SocketTpm.tcp(serve((in, out) -> in.read()), TIMEOUT);
    tpm.close();
    tpm.close();
    assertThatThrownBy(() -> tpm.transmit(COMMAND))
        .isInstanceOf(AttestationException.Device.class)
        .hasMessageContaining("is closed");
  }

  @Test
  void theSimulatorIsSwitchedOnAndItsFramesAreTakenOff() throws IOException, InterruptedException {
    ServerSocket commands = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    int port = commands.getLocalPort();
    ServerSocket platform;
    try {
      platform = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      commands.close();
      assumeTrue(false, "the port after " + port + " is taken");
      return;
    }
    List<Integer> seen = Collections.synchronizedList(new ArrayList<>());
    Thread server =
        new Thread(
            () -> {
              try (commands;
                  platform;
                  Socket signals = platform.accept()) {
                for (int i = 0; i < 2; i++) {
                  seen.add(u32(signals.getInputStream()));
                  signals.getOutputStream().write(new byte[4]);
                }
                try (Socket socket = commands.accept()) {
                  seen.add(u32(socket.getInputStream()));
                  seen.add(socket.getInputStream().read());
                  seen.add(u32(socket.getInputStream()));
                  socket.getInputStream().readNBytes(COMMAND.length);
                  socket.getOutputStream().write(new byte[] {0, 0, 0, 10});
                  socket.getOutputStream().write(frame(10));
                  socket.getOutputStream().write(new byte[4]);
                  seen.add(u32(socket.getInputStream()));
                }
                seen.add(u32(signals.getInputStream()));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    server.start();
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (TpmTransport tpm = MssimTpm.open(address, TIMEOUT)) {
      assertThat(tpm.transmit(COMMAND)).isEqualTo(frame(10));
    }
    server.join();
    // Power on, NV on; send, locality, size; end, end.
    assertThat(seen).containsExactly(1, 11, 8, 0, COMMAND.length, 20, 20);
  }

  private static int u32(InputStream in) throws IOException {
    return ByteBuffer.wrap(in.readNBytes(4)).getInt();
  }

  @Test
  void tbsIsGivenItsContextAndClosedOnce() {
    List<Long> closed = new ArrayList<>();
    long wide = 0x1_0000_0002L;
    WindowsTbs.Tbs fake =
        new WindowsTbs.Tbs() {
          @Override
          public long create() {
            return wide;
          }

          @Override
          public byte[] submit(long context, byte[] command) {
            assertThat(context).isEqualTo(wide);
            return frame(10);
          }

          @Override
          public void close(long context) {
            closed.add(context);
          }
        };
    TpmTransport tpm = WindowsTbs.open(fake);
    assertThat(tpm.transmit(COMMAND)).hasSize(10);
    tpm.close();
    tpm.close();
    assertThat(closed).containsExactly(wide);
    assertThat(JnaTbs.meaning(0x8028400F)).contains("TPM_NOT_FOUND");
  }

  private static void assertBroken(TpmTransport tpm, String why) {
    assertThatThrownBy(() -> tpm.transmit(COMMAND))
        .isInstanceOf(AttestationException.Device.class)
        .hasMessageContaining(why);
    assertThatThrownBy(() -> tpm.transmit(COMMAND))
        .isInstanceOf(AttestationException.Device.class)
        .hasMessageContaining("earlier command");
  }
}

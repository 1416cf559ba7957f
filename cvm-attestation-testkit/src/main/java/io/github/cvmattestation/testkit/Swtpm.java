package io.github.cvmattestation.testkit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A swtpm process with a state directory and sockets of its own, for JUnit tests that have to hold
 * on a TPM of somebody else's making: any number may run side by side. Where the program is not
 * installed, whoever starts one is skipped, with that as the reason.
 *
 * <p>It has been started (TPM2_Startup CLEAR) unless asked otherwise, and ends with {@link #close}
 * or with this JVM.
 *
 * <p>swtpm serves one client at a time. {@link #transmit} keeps its connection; before somebody
 * else connects, {@link #disconnect} gives it up.
 */
public final class Swtpm implements AutoCloseable {
  private static final int CMD_INIT = 2;
  private static final int CMD_SHUTDOWN = 3;
  private static final int CMD_SET_LOCALITY = 5;
  private static final int HEADER = 10;
  private static final int MAX_RESPONSE = 4096;

  private final SwtpmProcess process;
  private @Nullable SocketChannel connection;

  private Swtpm(SwtpmProcess process) {
    this.process = process;
  }

  private static Swtpm launch(boolean tcp, String flags) {
    assumeTrue(SwtpmProcess.isInstalled(), "swtpm is not installed (Debian package swtpm)");
    return new Swtpm(SwtpmProcess.launch(tcp, flags));
  }

  /** A started TPM on UNIX sockets. */
  public static Swtpm start() {
    return launch(false, "not-need-init,startup-clear");
  }

  /** A TPM whose first command has to be TPM2_Startup: time to set a locality. */
  public static Swtpm startWithoutStartup() {
    return launch(false, "not-need-init");
  }

  /** A started TPM on two TCP ports of the loopback address, control above data. */
  public static Swtpm startOnTcp() {
    return launch(true, "not-need-init,startup-clear");
  }

  /** Whether the process lives. */
  public boolean isRunning() {
    return process.process().isAlive();
  }

  /** Where a client connects, if it was not started on TCP. */
  public Path socket() {
    if (process.data() instanceof UnixDomainSocketAddress unix) {
      return unix.getPath();
    }
    throw new IllegalStateException("on TCP");
  }

  /** How tpm2-tools are told to find it. */
  public String tcti() {
    return process.data() instanceof InetSocketAddress tcp
        ? "swtpm:host=127.0.0.1,port=" + tcp.getPort()
        : "swtpm:path=" + socket();
  }

  /**
   * Sends any bytes that begin with a header, and reads one response.
   *
   * @throws UncheckedIOException if swtpm does not answer
   */
  public byte[] transmit(byte[] command) {
    try {
      SocketChannel channel = connection;
      if (channel == null) {
        channel = SocketChannel.open(process.data());
        connection = channel;
      }
      write(channel, ByteBuffer.wrap(command));
      ByteBuffer header = read(channel, HEADER);
      int size = header.getInt(2);
      if (size < HEADER || size > MAX_RESPONSE) {
        throw new IOException("swtpm answers with a size of " + size);
      }
      ByteBuffer rest = read(channel, size - HEADER);
      return ByteBuffer.allocate(size).put(header).put(rest).array();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets the next client in. */
  public void disconnect() {
    SocketChannel channel = connection;
    connection = null;
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Power goes off and on: the next command has to be TPM2_Startup. */
  public void powerCycle() {
    control(ByteBuffer.allocate(8).putInt(CMD_INIT).putInt(0));
  }

  /** The locality of the commands from now on. */
  public void locality(int locality) {
    control(ByteBuffer.allocate(5).putInt(CMD_SET_LOCALITY).put((byte) locality));
  }

  @Override
  public void close() {
    disconnect();
    if (isRunning()) {
      try {
        control(ByteBuffer.allocate(4).putInt(CMD_SHUTDOWN));
      } catch (UncheckedIOException e) {
        process.process().destroy();
      }
    }
    process.end();
  }

  private void control(ByteBuffer command) {
    try (SocketChannel channel = SocketChannel.open(process.control())) {
      write(channel, command.flip());
      int result = read(channel, Integer.BYTES).getInt(0);
      if (result != 0) {
        throw new IOException("swtpm's control channel refuses: " + result);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(SocketChannel channel, ByteBuffer buffer) throws IOException {
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  private static ByteBuffer read(SocketChannel channel, int size) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(size);
    while (buffer.hasRemaining()) {
      if (channel.read(buffer) < 0) {
        throw new EOFException("swtpm closed the connection");
      }
    }
    return buffer.flip();
  }
}

package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.vtpm.TpmTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/**
 * The protocol of the TPM 2.0 reference simulator (TpmTcpProtocol.h of the reference code): framed
 * commands on one port, platform signals on the next. Signals are bare 32-bit numbers, each
 * acknowledged with zero.
 */
public final class MssimTpm extends GuardedTransport {
  private static final int SIGNAL_POWER_ON = 1;
  private static final int SEND_COMMAND = 8;
  private static final int SIGNAL_NV_ON = 11;
  private static final int SESSION_END = 20;
  private static final int HEADER = 10;

  private final Connection commands;
  private final Connection platform;

  private MssimTpm(String name, Connection commands, Connection platform) {
    super(name);
    this.commands = commands;
    this.platform = platform;
  }

  /** Connects to both ports and switches power and NV on; TPM2_Startup is the caller's. */
  public static TpmTransport open(InetSocketAddress address, Duration timeout) {
    String name = "the TPM simulator at " + address;
    InetSocketAddress next = new InetSocketAddress(address.getAddress(), address.getPort() + 1);
    try {
      Connection platform = Connection.open(next, SocketChannel.open(), timeout);
      boolean done = false;
      try {
        signal(platform, SIGNAL_POWER_ON);
        signal(platform, SIGNAL_NV_ON);
        Connection commands = Connection.open(address, SocketChannel.open(), timeout);
        done = true;
        return new MssimTpm(name, commands, platform);
      } finally {
        if (!done) {
          platform.close();
        }
      }
    } catch (IOException e) {
      throw SocketTpm.unreachable(name, e);
    }
  }

  private static void signal(Connection platform, int signal) throws IOException {
    platform.write(u32(signal));
    if (platform.readU32() != 0) {
      throw new IOException("platform signal " + signal + " refused");
    }
  }

  @Override
  byte[] exchange(byte[] command) throws IOException {
    commands.requireQuiet();
    commands.write(
        ByteBuffer.allocate(9 + command.length)
            .putInt(SEND_COMMAND)
            .put((byte) 0)
            .putInt(command.length)
            .put(command)
            .array());
    long size = commands.readU32() & 0xFFFFFFFFL;
    if (size < HEADER || size > MAX_SIZE) {
      throw new IOException("a response of " + size + " bytes, outside of 10 to 4096");
    }
    byte[] response = commands.readFully((int) size);
    if (commands.readU32() != 0) {
      throw new IOException("a response that does not end with zero");
    }
    return response;
  }

  @Override
  void release() throws IOException {
    try (platform;
        commands) {
      commands.write(u32(SESSION_END));
      platform.write(u32(SESSION_END));
    }
  }

  private static byte[] u32(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }
}

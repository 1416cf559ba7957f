package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.vtpm.TpmTransport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

/** swtpm's data socket: bare commands and responses, each as long as its header says. */
public final class SocketTpm extends GuardedTransport {
  private static final int HEADER = 10;
  private static final int SIZE_AT = 2;

  private final Connection connection;

  private SocketTpm(String name, Connection connection) {
    super(name);
    this.connection = connection;
  }

  /** Connects over TCP. */
  public static TpmTransport tcp(InetSocketAddress address, Duration timeout) {
    String name = "the TPM at " + address;
    try {
      return new SocketTpm(name, Connection.open(address, SocketChannel.open(), timeout));
    } catch (IOException e) {
      throw unreachable(name, e);
    }
  }

  /** Connects to a UNIX socket. */
  public static TpmTransport unix(Path path, Duration timeout) {
    String name = "the TPM at " + path;
    try {
      return new SocketTpm(
          name,
          Connection.open(
              UnixDomainSocketAddress.of(path),
              SocketChannel.open(StandardProtocolFamily.UNIX),
              timeout));
    } catch (IOException e) {
      throw unreachable(name, e);
    }
  }

  static AttestationException.Device unreachable(String name, IOException e) {
    AttestationException.Device device =
        new AttestationException.Device(
            name + " cannot be reached: " + e.getMessage(),
            "start its server, and close other clients: it serves one at a time");
    device.initCause(e);
    return device;
  }

  @Override
  byte[] exchange(byte[] command) throws IOException {
    connection.requireQuiet();
    connection.write(command);
    byte[] header = connection.readFully(HEADER);
    long size = ByteBuffer.wrap(header).getInt(SIZE_AT) & 0xFFFFFFFFL;
    if (size < HEADER || size > MAX_SIZE) {
      throw new IOException("a response of " + size + " bytes, outside of 10 to 4096");
    }
    byte[] body = connection.readFully((int) size - HEADER);
    byte[] response = Arrays.copyOf(header, (int) size);
    System.arraycopy(body, 0, response, HEADER, body.length);
    Arrays.fill(body, (byte) 0);
    return response;
  }

  @Override
  void release() throws IOException {
    connection.close();
  }
}

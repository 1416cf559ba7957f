package io.github.cvmattestation.vtpm.internal;

import io.github.cvmattestation.vtpm.TpmTransport;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A server of one connection, on this machine, that answers as a test wants. */
final class ScriptedServer {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  /** How a client reaches it, and what it wraps around commands and responses. */
  enum Kind {
    TCP,
    UNIX,
    SIMULATOR;

    /** The size of a command on the wire: the simulator's follows 8, a locality and its size. */
    int onTheWire(byte[] command) {
      return this == SIMULATOR ? 9 + command.length : command.length;
    }

    /** A response on the wire: the simulator's is between its size and a zero. */
    byte[] wrapped(byte[] response) {
      return this == SIMULATOR ? simulated(response.length, response, 0) : response;
    }

    /** What a client says when it closes: to the simulator, TPM_SESSION_END. */
    byte[] farewell() {
      return this == SIMULATOR ? new byte[] {0, 0, 0, 20} : new byte[0];
    }
  }

  /** What a server does with its connection, before it closes its side. */
  interface Script {
    void run(InputStream in, OutputStream out) throws IOException;
  }

  private final Kind kind;
  private final SocketAddress address;
  private final CompletableFuture<byte[]> rest;

  private ScriptedServer(Kind kind, SocketAddress address, CompletableFuture<byte[]> rest) {
    this.kind = kind;
    this.address = address;
    this.rest = rest;
  }

  /**
   * Listens at once.
   *
   * @param directory where the UNIX socket is to be
   */
  static ScriptedServer start(Kind kind, Path directory, Script script) throws IOException {
    return start(kind, directory, 0, script);
  }

  /**
   * Listens at once.
   *
   * @param acknowledgement what the simulator's platform port says to each signal
   */
  static ScriptedServer start(Kind kind, Path directory, int acknowledgement, Script script)
      throws IOException {
    if (kind == Kind.UNIX) {
      ServerSocketChannel commands =
          ServerSocketChannel.open(StandardProtocolFamily.UNIX)
              .bind(UnixDomainSocketAddress.of(directory.resolve("s")), 1);
      return new ScriptedServer(kind, commands.getLocalAddress(), serve(commands, script));
    }
    ServerSocketChannel commands = ServerSocketChannel.open().bind(loopback(0), 1);
    InetSocketAddress address = (InetSocketAddress) commands.getLocalAddress();
    if (kind == Kind.SIMULATOR) {
      try {
        ServerSocketChannel platform = ServerSocketChannel.open();
        serve(
            platform.bind(loopback(address.getPort() + 1), 1),
            (in, out) -> {
              while (in.readNBytes(4).length == 4) {
                out.write(ByteBuffer.allocate(4).putInt(acknowledgement).array());
              }
            });
      } catch (BindException taken) {
        commands.close();
        return start(kind, directory, acknowledgement, script);
      }
    }
    return new ScriptedServer(kind, address, serve(commands, script));
  }

  private static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  private static CompletableFuture<byte[]> serve(ServerSocketChannel server, Script script) {
    CompletableFuture<byte[]> rest = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try (server;
                  SocketChannel client = server.accept()) {
                if (client.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
                  client.setOption(StandardSocketOptions.TCP_NODELAY, true);
                }
                InputStream in = Channels.newInputStream(client);
                script.run(in, Channels.newOutputStream(client));
                client.shutdownOutput();
                rest.complete(untilItsEnd(in));
              } catch (IOException e) {
                rest.completeExceptionally(e);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return rest;
  }

  private static byte[] untilItsEnd(InputStream in) throws IOException {
    ByteArrayOutputStream seen = new ByteArrayOutputStream();
    try {
      in.transferTo(seen);
    } catch (SocketException reset) {
      // So ends a connection whose client has left bytes unread.
      return seen.toByteArray();
    }
    return seen.toByteArray();
  }

  /** The simulator's framing, which may lie. */
  static byte[] simulated(int size, byte[] response, int trailer) {
    return ByteBuffer.allocate(8 + response.length)
        .putInt(size)
        .put(response)
        .putInt(trailer)
        .array();
  }

  TpmTransport connect() {
    return switch (kind) {
      case TCP -> SocketTpm.tcp((InetSocketAddress) address, TIMEOUT);
      case UNIX -> SocketTpm.unix(((UnixDomainSocketAddress) address).getPath(), TIMEOUT);
      case SIMULATOR -> MssimTpm.open((InetSocketAddress) address, TIMEOUT);
    };
  }

  /** What the client sent after the script had ended, once it has closed. */
  byte[] rest() {
    return rest.join();
  }
}

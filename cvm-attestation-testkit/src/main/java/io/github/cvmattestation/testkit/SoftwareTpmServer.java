package io.github.cvmattestation.testkit;

import io.github.cvmattestation.testkit.tpm.SwtpmControl;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A TPM behind two TCP ports of the loopback address, as swtpm's "socket" form: commands on {@link
 * #port}, and what a platform does (power, locality) on the port above it. tpm2-tools find it with
 * {@code TPM2TOOLS_TCTI=swtpm:host=127.0.0.1,port=…}.
 *
 * <p>As with swtpm, a port serves one client at a time and the next one waits. A command that says
 * a size below its header or above 4096 bytes is answered with TPM_RC_COMMAND_SIZE, and the
 * connection ends, because nobody knows where the next command begins.
 */
public final class SoftwareTpmServer implements AutoCloseable {
  private static final int HEADER = 10;
  private static final int MAX_SIZE = 4096;
  private static final int ATTEMPTS = 100;

  /** TPM_RC_COMMAND_SIZE with the tag of responses without sessions. */
  private static final byte[] COMMAND_SIZE = {(byte) 0x80, 1, 0, 0, 0, HEADER, 0, 0, 0x01, 0x42};

  /** One port: who listens, and whom it serves. */
  private static final class Port {
    private final ServerSocket listener;
    private @Nullable Socket client;
    private @Nullable Thread server;
    private boolean closed;

    private Port(ServerSocket listener) {
      this.listener = listener;
    }

    private Socket accept() throws IOException {
      Socket socket = listener.accept();
      synchronized (this) {
        client = socket;
        if (closed) {
          socket.close();
        }
      }
      socket.setTcpNoDelay(true);
      return socket;
    }

    /**
     * Ends the connection and frees the port. A thread that is inside accept() keeps the port open
     * in the kernel until it has noticed, so its end is waited for.
     */
    private void close() throws IOException {
      Thread serving;
      synchronized (this) {
        closed = true;
        serving = server;
        Socket current = client;
        try (listener) {
          if (current != null) {
            current.close();
          }
        }
      }
      if (serving != null && serving != Thread.currentThread()) {
        await(serving);
      }
    }

    private static void await(Thread ending) {
      try {
        ending.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private interface Conversation {
    void with(Socket client) throws IOException;
  }

  private final UnaryOperator<byte[]> tpm;
  private final SwtpmControl platform;
  private final Port data;
  private final Port control;

  private SoftwareTpmServer(
      UnaryOperator<byte[]> tpm, SwtpmControl platform, ServerSocket data, ServerSocket control) {
    this.tpm = tpm;
    this.platform = platform;
    this.data = new Port(data);
    this.control = new Port(control);
  }

  /** Serves a TPM until it is closed. */
  public static SoftwareTpmServer serve(SoftwareTpm tpm) {
    return serve(tpm::transmit, tpm::powerCycle, tpm::locality);
  }

  /**
   * Serves whatever answers commands.
   *
   * @param tpm command to response; called by one thread
   * @param powerCycle power goes off and on (CMD_INIT)
   * @param locality 0 to 4, of the commands from then on (CMD_SET_LOCALITY)
   * @throws UncheckedIOException if no two neighbouring ports are free
   */
  public static SoftwareTpmServer serve(
      UnaryOperator<byte[]> tpm, Runnable powerCycle, IntConsumer locality) {
    SwtpmControl platform = new SwtpmControl(powerCycle, locality);
    for (int attempt = 1; ; attempt++) {
      try {
        return open(tpm, platform);
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /** The port of commands; the one above is that of control. */
  public int port() {
    return data.listener.getLocalPort();
  }

  /** Ends both connections and frees both ports. Closing twice is closing once. */
  @Override
  public void close() {
    try {
      data.close();
      control.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SoftwareTpmServer open(UnaryOperator<byte[]> tpm, SwtpmControl platform)
      throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    ServerSocket first = new ServerSocket(0, 8, loopback);
    try {
      ServerSocket second = new ServerSocket(first.getLocalPort() + 1, 8, loopback);
      SoftwareTpmServer server = new SoftwareTpmServer(tpm, platform, first, second);
      server.run("tpm-commands", server.data, server::commands);
      server.run("tpm-control", server.control, server::control);
      return server;
    } catch (IOException | IllegalArgumentException e) {
      // The neighbour is taken, or there is none above 65535.
      first.close();
      throw new IOException("no two neighbouring ports", e);
    }
  }

  private void run(String name, Port port, Conversation conversation) {
    Thread thread = new Thread(() -> loop(port, conversation), name);
    thread.setDaemon(true);
    port.server = thread;
    thread.start();
  }

  private static void loop(Port port, Conversation conversation) {
    while (!port.listener.isClosed()) {
      try (Socket client = port.accept()) {
        conversation.with(client);
      } catch (IOException e) {
        // The client is gone, or this server is; the condition of the loop knows which.
        Thread.onSpinWait();
      }
    }
  }

  private void commands(Socket client) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    OutputStream out = client.getOutputStream();
    byte[] header = new byte[HEADER];
    while (readOrEnd(in, header)) {
      int size = ByteBuffer.wrap(header).getInt(Short.BYTES);
      if (size < HEADER || size > MAX_SIZE) {
        out.write(COMMAND_SIZE);
        return;
      }
      byte[] command = ByteBuffer.allocate(size).put(header).array();
      in.readFully(command, HEADER, size - HEADER);
      out.write(tpm.apply(command));
    }
  }

  private void control(Socket client) throws IOException {
    DataInputStream in = new DataInputStream(client.getInputStream());
    byte[] code = new byte[Integer.BYTES];
    boolean more = true;
    while (more && readOrEnd(in, code)) {
      SwtpmControl.Answer answer = platform.execute(ByteBuffer.wrap(code).getInt(), in);
      client.getOutputStream().write(answer.bytes().array());
      more = answer.framed();
      if (answer.shutdown()) {
        close();
      }
    }
  }

  /** False at the end between two commands; an end inside one is an EOFException. */
  private static boolean readOrEnd(DataInputStream in, byte[] into) throws IOException {
    int read = in.readNBytes(into, 0, into.length);
    if (read != 0 && read != into.length) {
      throw new EOFException("the connection ends inside a command");
    }
    return read != 0;
  }
}

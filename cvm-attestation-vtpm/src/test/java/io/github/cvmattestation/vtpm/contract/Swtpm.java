package io.github.cvmattestation.vtpm.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.vtpm.TpmTransport;
import io.github.cvmattestation.vtpm.TpmTransports;
import java.io.EOFException;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A swtpm process with a state directory and sockets of its own: any number may run side by side.
 * It has been started (TPM2_Startup CLEAR) unless asked otherwise, and ends with {@link #close} or
 * with this JVM.
 *
 * <p>swtpm serves one client at a time. {@link #transmit} keeps its connection; before somebody
 * else connects, {@link #disconnect} gives it up.
 */
public final class Swtpm implements TpmTransport, AutoCloseable {
  private static final int CMD_INIT = 2;
  private static final int CMD_SHUTDOWN = 3;
  private static final int CMD_SET_LOCALITY = 5;
  private static final int HEADER = 10;
  private static final int MAX_RESPONSE = 4096;
  private static final int ATTEMPTS = 5;
  private static final String PID = "pid";
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

  private final Path directory;
  private final SocketAddress data;
  private final SocketAddress control;
  private final Process process;
  private final Thread hook;
  private @Nullable SocketChannel connection;

  private Swtpm(Path directory, SocketAddress data, SocketAddress control, Process process) {
    this.directory = directory;
    this.data = data;
    this.control = control;
    this.process = process;
    this.hook = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** Whether the program is installed. */
  public static boolean isInstalled() {
    return program("swtpm").isPresent();
  }

  /** A started TPM on UNIX sockets; skips the test, saying so, where swtpm is absent. */
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
    return process.isAlive();
  }

  /** Where a client connects: a path or a loopback port. */
  public SocketAddress address() {
    return data;
  }

  /** Where commands about the TPM go, such as power and locality. */
  public SocketAddress controlAddress() {
    return control;
  }

  /** The TCP port. */
  public int port() {
    if (data instanceof InetSocketAddress tcp) {
      return tcp.getPort();
    }
    throw new IllegalStateException("on UNIX sockets");
  }

  /** How tpm2-tools are told to find it. */
  public String tcti() {
    return data instanceof UnixDomainSocketAddress unix
        ? "swtpm:path=" + unix.getPath()
        : "swtpm:host=127.0.0.1,port=" + port();
  }

  /** A connection by the library's own transport, and so its only client until it is closed. */
  public TpmTransport connect() {
    return data instanceof UnixDomainSocketAddress unix
        ? TpmTransports.unixSocket(unix.getPath())
        : TpmTransports.tcp((InetSocketAddress) data);
  }

  /** Sends any bytes that begin with a header, and reads one response. */
  @Override
  public byte[] transmit(byte[] command) {
    try {
      SocketChannel channel = connection;
      if (channel == null) {
        channel = SocketChannel.open(data);
        connection = channel;
      }
      write(channel, command);
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
    if (process.isAlive()) {
      try {
        control(ByteBuffer.allocate(4).putInt(CMD_SHUTDOWN));
      } catch (UncheckedIOException e) {
        process.destroy();
      }
    }
    end(process);
    Runtime.getRuntime().removeShutdownHook(hook);
    delete(directory);
  }

  private void control(ByteBuffer command) {
    try (SocketChannel channel = SocketChannel.open(control)) {
      write(channel, command.array());
      int result = read(channel, Integer.BYTES).getInt(0);
      if (result != 0) {
        throw new IOException("swtpm's control channel refuses: " + result);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Swtpm launch(boolean tcp, String flags) {
    assumeTrue(isInstalled(), "swtpm is not installed (Debian package swtpm)");
    try {
      for (int attempt = 1; ; attempt++) {
        // A socket's path has to be short (sun_path, 108 bytes).
        Path directory = Files.createTempDirectory("swtpm");
        int port = tcp ? freePort() : 0;
        SocketAddress data = address(directory, "d", port);
        SocketAddress control = address(directory, "d.ctrl", port + 1);
        Process process;
        // Watched before it is there: no event is missed.
        try (WatchService changes = directory.getFileSystem().newWatchService()) {
          directory.register(changes, StandardWatchEventKinds.ENTRY_CREATE);
          process = process(directory, data, control, flags);
          if (listens(process, changes, directory.resolve(PID))) {
            return new Swtpm(directory, data, control, process);
          }
        }
        end(process);
        String log = Files.readString(directory.resolve("log"));
        delete(directory);
        // Somebody else may have taken the port in between.
        if (!tcp || attempt == ATTEMPTS) {
          throw new IOException("swtpm does not start: " + log);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static SocketAddress address(Path directory, String name, int port) {
    return port > 1
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), port)
        : UnixDomainSocketAddress.of(directory.resolve(name));
  }

  private static Process process(
      Path directory, SocketAddress data, SocketAddress control, String flags) throws IOException {
    File log = directory.resolve("log").toFile();
    return new ProcessBuilder(
            "swtpm",
            "socket",
            "--tpm2",
            "--tpmstate",
            "dir=" + directory.toAbsolutePath(),
            "--server",
            argument(data),
            "--ctrl",
            argument(control),
            "--pid",
            "file=" + directory.resolve(PID).toAbsolutePath(),
            "--flags",
            flags)
        .redirectErrorStream(true)
        .redirectOutput(log)
        .start();
  }

  private static String argument(SocketAddress address) {
    return address instanceof InetSocketAddress tcp
        ? "type=tcp,bindaddr=127.0.0.1,port=" + tcp.getPort()
        : "type=unixio,path=" + address;
  }

  /** Waits for the pid file, which comes after both sockets listen, or for the process's end. */
  private static boolean listens(Process process, WatchService changes, Path pid)
      throws IOException {
    process.onExit().thenRun(() -> end(changes));
    long end = System.nanoTime() + PATIENCE;
    try {
      while (!Files.exists(pid)) {
        WatchKey changed = changes.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (changed == null) {
          return false;
        }
        changed.pollEvents();
        changed.reset();
      }
      return process.isAlive();
    } catch (ClosedWatchServiceException ended) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void end(WatchService changes) {
    try {
      changes.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    while (true) {
      try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        int port = one.getLocalPort();
        try (ServerSocket two = new ServerSocket(port + 1, 1, InetAddress.getLoopbackAddress())) {
          return two.getLocalPort() - 1;
        } catch (IOException e) {
          continue;
        }
      }
    }
  }

  private static void end(Process process) {
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
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

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : List.copyOf(files.toList())) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A program of that name on the PATH. */
  static Optional<Path> program(String name) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst();
  }
}

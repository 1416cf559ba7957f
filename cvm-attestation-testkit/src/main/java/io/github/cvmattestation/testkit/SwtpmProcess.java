package io.github.cvmattestation.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The process behind a {@link Swtpm}: it listens, in a folder of its own, and ends with this JVM.
 *
 * @param data where commands of the TPM go
 * @param control where commands about the TPM go, such as power and locality
 */
record SwtpmProcess(
    Path directory, SocketAddress data, SocketAddress control, Process process, Thread hook) {
  private static final String PROGRAM = "swtpm";
  private static final int ATTEMPTS = 5;
  private static final String PID = "pid";
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(20);

  /** Whether the program is on the PATH. */
  static boolean isInstalled() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, PROGRAM)));
  }

  static SwtpmProcess launch(boolean tcp, String flags) {
    try {
      for (int attempt = 1; ; attempt++) {
        // A socket's path has to be short (sun_path, 108 bytes).
        Path directory = Files.createTempDirectory(PROGRAM);
        int port = tcp ? freePort() : 0;
        SocketAddress data = address(directory, "d", port);
        SocketAddress control = address(directory, "d.ctrl", port + 1);
        Process process;
        // Watched before it is there: no event is missed.
        try (WatchService changes = directory.getFileSystem().newWatchService()) {
          directory.register(changes, StandardWatchEventKinds.ENTRY_CREATE);
          process = process(directory, data, control, flags);
          if (listens(process, changes, directory.resolve(PID))) {
            Thread hook = new Thread(process::destroyForcibly);
            Runtime.getRuntime().addShutdownHook(hook);
            return new SwtpmProcess(directory, data, control, process, hook);
          }
        }
        process.destroyForcibly();
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

  /** Waits for the end of a process that was asked to end, and deletes what it kept. */
  void end() {
    end(process);
    Runtime.getRuntime().removeShutdownHook(hook);
    try {
      delete(directory);
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
            PROGRAM,
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
    CompletableFuture<Void> ending = process.onExit().thenRun(() -> stop(changes));
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
      return !ending.isDone() && process.isAlive();
    } catch (ClosedWatchServiceException ended) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void stop(WatchService changes) {
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
          // The one above is taken: another pair.
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

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : List.copyOf(files.toList())) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(directory);
    }
  }
}

package io.github.cvmattestation.cli;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The terminal that the command was typed at, whatever its input and output are. {@link
 * System#console} would not do: it takes both to be the terminal, and here both carry data.
 */
final class Terminal implements Prompt {
  private static final File DEVICE = new File("/dev/tty");

  /** By its whole name: what switches the echo off is not looked for on a path. */
  private static final String STTY = "/bin/stty";

  private static final int MAX_SETTINGS = 1024;

  private static final Path NOWHERE = Path.of("/dev/null");
  private static final int FILE_TYPE = 0170000; // inode(7): S_IFMT
  private static final int CHARACTER_DEVICE = 0020000; // inode(7): S_IFCHR

  /** Whether standard output is a terminal, wherever input comes from. */
  static boolean isStandardOutput() {
    // Linux: the kernel shows what is open. Nobody else says it of the output alone.
    return isTerminal(Path.of("/proc/self/fd/1"));
  }

  /**
   * Whether this may be a terminal: by its kind, since terminals have many names (pts/0, ttyS0,
   * hvc0, console) and in a container none. Of what is no file, pipe or socket, only {@code
   * /dev/null} certainly is none.
   */
  static boolean isTerminal(Path open) {
    try {
      int mode = (int) Files.getAttribute(open, "unix:mode");
      return (mode & FILE_TYPE) == CHARACTER_DEVICE && !Files.isSameFile(open, NOWHERE);
    } catch (IOException | UnsupportedOperationException e) {
      return true; // nobody can tell, so nothing is shown
    }
  }

  @Override
  public byte[] secret(String question, int max) throws CouldNotAskException {
    try (InputStream in = new FileInputStream(DEVICE);
        OutputStream out = new FileOutputStream(DEVICE)) {
      String settings = stty("-g");
      // Whoever gives up at the question shall get the echo back, too.
      Thread restoring = new Thread(() -> restore(settings));
      Runtime.getRuntime().addShutdownHook(restoring);
      try {
        stty("-echo");
        out.write((question + " ").getBytes(StandardCharsets.UTF_8));
        byte[] line = line(in, max);
        out.write('\n');
        return line;
      } finally {
        restore(settings);
        Runtime.getRuntime().removeShutdownHook(restoring);
      }
    } catch (IOException e) {
      throw new CouldNotAskException("there is no terminal to ask at");
    }
  }

  /** All of the line is taken, so that no rest of it is left to a shell. */
  private static byte[] line(InputStream in, int max) throws IOException {
    byte[] typed = new byte[max + 1];
    try {
      int size = 0;
      for (int octet = in.read(); octet >= 0 && octet != '\n'; octet = in.read()) {
        if (size < typed.length) {
          typed[size++] = (byte) octet;
        }
      }
      return Arrays.copyOf(typed, size);
    } finally {
      Arrays.fill(typed, (byte) 0);
    }
  }

  private static void restore(String settings) {
    try {
      stty(settings);
    } catch (IOException e) {
      // The terminal is gone, or its owner must type stty sane: nobody here can do more.
    }
  }

  private static String stty(String argument) throws IOException {
    Process process =
        new ProcessBuilder(STTY, argument)
            .redirectInput(DEVICE)
            .redirectError(Redirect.DISCARD)
            .start();
    String said =
        new String(process.getInputStream().readNBytes(MAX_SETTINGS), StandardCharsets.US_ASCII);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("stty failed");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    return said.strip();
  }
}

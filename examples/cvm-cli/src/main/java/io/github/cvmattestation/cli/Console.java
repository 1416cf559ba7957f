package io.github.cvmattestation.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Help.Ansi;

/**
 * Where the command reads and writes.
 *
 * @param in what is piped in
 * @param out the result, and nothing else
 * @param err everything else
 * @param prompt whom to ask, beside what is piped in
 * @param mayColor whether {@code out} may be a terminal at all
 * @param shown whether somebody would see what goes to {@code out}: where a secret must not go
 */
record Console(
    InputStream in,
    PrintStream out,
    PrintStream err,
    Prompt prompt,
    boolean mayColor,
    BooleanSupplier shown) {
  private static final String ESCAPE = "\u001b[";

  /** The colours that are used. */
  enum Color {
    GREEN("32"),
    RED("31"),
    YELLOW("33"),
    DIM("2"),
    BOLD("1");

    private final String code;

    Color(String code) {
      this.code = code;
    }
  }

  /** With standard input, and the terminal. */
  Console(PrintStream out, PrintStream err, boolean mayColor) {
    this(
        System.in,
        out,
        err,
        new Terminal(),
        mayColor,
        mayColor ? Terminal::isStandardOutput : () -> false);
  }

  /** Writes octets of the result, and nothing around them. */
  void raw(byte[] octets) {
    out.write(octets, 0, octets.length);
    out.flush();
  }

  /** Prints a line of the result; control characters are written out. */
  void line(String text) {
    out.println(Printable.of(text));
  }

  /** Prints a line that is not part of the result. */
  void say(String text) {
    err.println("cvm: " + Printable.of(text));
  }

  /** {@code text} for {@link #styled}, coloured if {@code out} is a terminal. */
  String paint(Color color, String text) {
    String shown = Printable.of(text);
    return isTerminal() ? ESCAPE + color.code + "m" + shown + ESCAPE + "0m" : shown;
  }

  /** Prints a line that {@link #paint} and constants are made of. */
  void styled(String text) {
    out.println(text);
  }

  private boolean isTerminal() {
    return mayColor && Ansi.AUTO.enabled();
  }
}

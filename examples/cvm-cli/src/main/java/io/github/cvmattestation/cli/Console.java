package io.github.cvmattestation.cli;

import java.io.PrintStream;
import picocli.CommandLine.Help.Ansi;

/**
 * Where the command writes.
 *
 * @param out the result, and nothing else
 * @param err everything else
 * @param mayColor whether {@code out} may be a terminal at all
 */
record Console(PrintStream out, PrintStream err, boolean mayColor) {
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

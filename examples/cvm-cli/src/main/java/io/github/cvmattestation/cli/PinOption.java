package io.github.cvmattestation.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** What must be known besides: asked for at the terminal, or in a file, and never an argument. */
final class PinOption {
  private static final String PIN = "--pin";
  private static final String PIN_FILE = "--pin-file";
  private static final int MAX_SIZE = 1024;

  private PinOption() {}

  static CommandSpec addTo(CommandSpec spec) {
    return spec.addOption(
            Options.flag(
                    PIN,
                    "Ask for the PIN at the terminal, without echo. It is never named here, where",
                    "other users and the shell's history would see it.")
                .build())
        .addOption(
            Options.value(
                    PIN_FILE, "FILE", "The PIN; one line feed at its end does not belong to it.")
                .build());
  }

  /** The PIN, which whoever uses it clears; nothing without an option. */
  static Optional<byte[]> pin(ParseResult arguments, Console console) throws CouldNotAskException {
    Optional<String> file = Options.text(arguments, PIN_FILE);
    if (!Options.has(arguments, PIN)) {
      return file.isPresent() ? Optional.of(filed(arguments, file.get())) : Optional.empty();
    }
    if (file.isPresent()) {
      throw Options.wrong(arguments, PIN + " and " + PIN_FILE + " exclude each other");
    }
    return Optional.of(bounded(arguments, asked("PIN:", console)));
  }

  /** A new PIN, asked for twice: nobody sees what is typed, and a slip would lock the secret up. */
  static Optional<byte[]> newPin(ParseResult arguments, Console console)
      throws CouldNotAskException {
    Optional<byte[]> pin = pin(arguments, console);
    if (pin.isEmpty() || !Options.has(arguments, PIN)) {
      return pin;
    }
    boolean same = false;
    try {
      byte[] again = asked("The same PIN again:", console);
      same = Arrays.equals(pin.get(), again);
      Arrays.fill(again, (byte) 0);
    } finally {
      if (!same) {
        Arrays.fill(pin.get(), (byte) 0);
      }
    }
    if (!same) {
      throw Options.wrong(arguments, "two different PINs were typed; nothing was sealed");
    }
    return pin;
  }

  /** Whether somebody wrote the PIN itself behind {@code --pin}. */
  static boolean isNamed(List<String> args) {
    int flag = args.indexOf(PIN);
    return args.stream().anyMatch(arg -> arg.startsWith(PIN + "="))
        || (flag >= 0 && flag + 1 < args.size() && !args.get(flag + 1).startsWith("-"));
  }

  private static byte[] asked(String question, Console console) throws CouldNotAskException {
    try {
      return console.prompt().secret(question, MAX_SIZE);
    } catch (CouldNotAskException e) {
      throw new CouldNotAskException(
          e.getMessage() + "; give " + PIN_FILE + " FILE, which only you can read");
    }
  }

  private static byte[] filed(ParseResult arguments, String file) throws CouldNotAskException {
    byte[] content = InputFile.read(file, MAX_SIZE + 1).toArray();
    boolean line = content.length > 0 && content[content.length - 1] == '\n';
    byte[] pin = Arrays.copyOf(content, content.length - (line ? 1 : 0));
    Arrays.fill(content, (byte) 0);
    return bounded(arguments, pin);
  }

  private static byte[] bounded(ParseResult arguments, byte[] pin) {
    if (pin.length == 0 || pin.length > MAX_SIZE) {
      Arrays.fill(pin, (byte) 0);
      throw Options.wrong(arguments, "a PIN has 1 to " + MAX_SIZE + " bytes");
    }
    return pin;
  }
}

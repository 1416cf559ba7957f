package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is taken for a terminal; every doubt is one. */
@EnabledOnOs(OS.LINUX)
class TerminalTest {
  @TempDir private Path folder;

  @Test
  void filesAndNowhereAreNoTerminals() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThat(Terminal.isTerminal(file)).isFalse();
    // As /proc has it: a link to what is open, whatever it is called.
    assertThat(Terminal.isTerminal(Files.createSymbolicLink(folder.resolve("tty1"), file)))
        .isFalse();
    assertThat(Terminal.isTerminal(Path.of("/dev/null"))).isFalse();
  }

  /** Whoever runs the tests may have no terminal; this device is of a terminal's kind. */
  @Test
  void anyOtherDeviceOfCharactersMayBeATerminalByWhateverName() {
    assertThat(Terminal.isTerminal(Path.of("/dev/zero"))).isTrue();
  }

  @Test
  void whatNobodyCanTellIsTakenForATerminal() {
    assertThat(Terminal.isTerminal(folder.resolve("missing"))).isTrue();
  }
}

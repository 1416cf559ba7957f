package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTest {
  @ParameterizedTest
  @CsvSource({
    "0000", "0007", "000a", "000d", "001b", "007f", "0085", "009b", "200b", "2028", "202e", "2066",
    "e000", "d800", "feff"
  })
  void whatATerminalObeysIsWrittenOut(String unit) {
    String hidden = String.valueOf((char) Integer.parseInt(unit, 16));
    assertThat(Printable.of("a" + hidden + "b")).isEqualTo("a\\u" + unit + "b");
    assertThat(Printable.of(hidden)).isEqualTo("\\u" + unit);
  }

  @Test
  void whatIsVisibleStaysAsItIs() {
    String text = "plain, §7.3 → “quoted…” äß 漢字 😀";
    assertThat(Printable.of(text)).isEqualTo(text);
  }
}

package io.github.cvmattestation.attestation.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Only {@link MalformedException} may come out. */
class StrictJsonFuzzTest {
  @MethodSource
  @FuzzTest
  void parses(byte[] input) {
    try {
      Json value = StrictJson.parse("x", Bytes.of(input), 1 << 20);
      // What was accepted has one reading: an object's text is the input but for the space around.
      if (value instanceof Json.Obj object) {
        assertThat(new String(object.text().toArray(), StandardCharsets.UTF_8))
            .isEqualTo(new String(input, StandardCharsets.UTF_8).strip());
        assertThat(StrictJson.parse("x", object.text(), 1 << 20)).isEqualTo(value);
      }
    } catch (MalformedException e) {
      return;
    }
  }

  static Stream<Arguments> parses() {
    return FuzzSeeds.texts(
        "",
        "{}",
        "[1, -2,18446744073709551615 ]",
        "{\"a\":{\"b\":[true,false,null]},\"c\":\"\\u00e9\\ud83d\\ude00é😀\"}",
        "\"\\ud800\"",
        "{\"a\":1,\"a\":2}",
        "1 ",
        " \"x\"\n",
        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]",
        "1e9",
        "{\"a\":1}//");
  }
}

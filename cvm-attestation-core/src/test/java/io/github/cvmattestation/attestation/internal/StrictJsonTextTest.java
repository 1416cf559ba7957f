package io.github.cvmattestation.attestation.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signed members are cut out by {@link Json.Obj#text}: it must be exact to the byte. */
class StrictJsonTextTest {
  /** A value as text, and its parts in order of appearance. */
  record Written(String text, List<Written> parts) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{ }",
        "{\"a\":-12345678901234567890}",
        "{\"a\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00\"}",
        "{\"é\" : \"é€😀\" , \"b\":\t2 }",
        "{\"}\":[\"{\" ,2 ]}"
      })
  void anObjectIsItsTextWithoutTheSpaceAroundIt(String object) throws MalformedException {
    for (String before : new String[] {"", " ", "\n", "\r\n", "\t \r"}) {
      for (String after : new String[] {"", " ", "\n", "\r", "\r\n", "\t", "   ", "\n \n"}) {
        String spaced = before + object + after;
        assertThat(text(parse(spaced).asObject())).isEqualTo(object);
        assertThat(text(parse("[1," + spaced + "]").asArray(2).get(1).asObject()))
            .isEqualTo(object);
        assertThat(text(parse("{\"\\n\":" + spaced + "}").asObject().require("\n").asObject()))
            .isEqualTo(object);
      }
    }
  }

  @Property
  void everyObjectIsExactlyWhatItsSenderWrote(
      @ForAll("values") Written root,
      @ForAll("spaces") String before,
      @ForAll("spaces") String after)
      throws MalformedException {
    check(parse(before + root.text + after), root);
  }

  private static void check(Json value, Written expected) {
    Iterator<Written> parts = expected.parts.iterator();
    if (value instanceof Json.Obj object) {
      assertThat(text(object)).isEqualTo(expected.text);
      object.members().values().forEach(member -> check(member, parts.next()));
    } else if (value instanceof Json.Arr array) {
      array.items().forEach(item -> check(item, parts.next()));
    }
    assertThat(parts.hasNext()).isFalse();
  }

  @Provide
  Arbitrary<Written> values() {
    return values(4);
  }

  private Arbitrary<Written> values(int depth) {
    Arbitrary<Written> scalar =
        Arbitraries.oneOf(
                Arbitraries.longs().map(String::valueOf),
                Arbitraries.of("true", "false", "null", "0", "-0", "18446744073709551615"),
                strings())
            .map(text -> new Written(text, List.of()));
    if (depth == 0) {
      return scalar;
    }
    Arbitrary<List<Written>> parts = Arbitraries.lazy(() -> values(depth - 1)).list().ofMaxSize(4);
    Arbitrary<List<String>> gaps = spaces().list().ofSize(20);
    return Arbitraries.frequencyOf(
        Tuple.of(2, scalar),
        Tuple.of(1, Combinators.combine(parts, gaps).as(StrictJsonTextTest::array)),
        Tuple.of(
            1,
            Combinators.combine(parts, gaps, strings().list().ofSize(4))
                .as(StrictJsonTextTest::object)));
  }

  @Provide
  Arbitrary<String> spaces() {
    return Arbitraries.strings().withChars(" \t\r\n").ofMaxLength(3);
  }

  /** Quoted, with escapes and characters of one to four bytes. */
  private Arbitrary<String> strings() {
    return Arbitraries.of(
            "a",
            "Z",
            "\\n",
            "\\\"",
            "\\\\",
            "\\/",
            "\\u0041",
            "\\ud83d\\ude00",
            "\\u0000",
            "\u007f",
            "é",
            "€",
            "😀",
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            " ",
            "\ufeff")
        .list()
        .ofMaxSize(12)
        .map(characters -> "\"" + String.join("", characters) + "\"");
  }

  private static Written array(List<Written> parts, List<String> gaps) {
    StringBuilder text = new StringBuilder("[").append(gaps.get(0));
    for (int i = 0; i < parts.size(); i++) {
      text.append(i == 0 ? "" : "," + gaps.get(2 * i))
          .append(parts.get(i).text)
          .append(gaps.get(2 * i + 1));
    }
    return new Written(text.append("]").toString(), parts);
  }

  private static Written object(List<Written> parts, List<String> gaps, List<String> names) {
    StringBuilder text = new StringBuilder("{").append(gaps.get(0));
    for (int i = 0; i < parts.size(); i++) {
      text.append(i == 0 ? "" : "," + gaps.get(4 * i));
      // A digit first keeps the names apart.
      text.append("\"").append(i).append(names.get(i).substring(1)).append(gaps.get(4 * i + 1));
      text.append(":")
          .append(gaps.get(4 * i + 2))
          .append(parts.get(i).text)
          .append(gaps.get(4 * i + 3));
    }
    return new Written(text.append("}").toString(), new ArrayList<>(parts));
  }

  private static Json parse(String text) throws MalformedException {
    return StrictJson.parse("x", Bytes.of(text.getBytes(StandardCharsets.UTF_8)), 1 << 20);
  }

  private static String text(Json.Obj value) {
    return new String(value.text().toArray(), StandardCharsets.UTF_8);
  }
}

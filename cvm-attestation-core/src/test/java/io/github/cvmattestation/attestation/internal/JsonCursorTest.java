package io.github.cvmattestation.attestation.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.spi.RefutedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCursorTest {
  private enum Code implements FindingCode {
    NOT_JSON,
    NOT_SCHEMA;

    @Override
    public String clause() {
      return "RFC 8259";
    }
  }

  private static JsonCursor open(String text) throws RefutedException {
    Bytes input = Bytes.of(text.getBytes(StandardCharsets.UTF_8));
    return JsonCursor.open("doc", input, 1 << 20, Code.NOT_JSON, Code.NOT_SCHEMA);
  }

  private interface Step {
    void run() throws RefutedException;
  }

  private static FindingCode refusal(Step step) {
    return catchThrowableOfType(RefutedException.class, step::run).finding().code();
  }

  private static FindingCode skipped(String text) {
    return refusal(
        () -> {
          JsonCursor in = open(text);
          in.skip();
          in.end();
        });
  }

  @Test
  void valuesArePulledInTheirOrder() throws RefutedException {
    List<Object> seen = new ArrayList<>();
    try (JsonCursor in =
        open("{\"a\":[1,2,{}],\"b\":\"00fF\",\"c\":{\"a\":null},\"d\":\"x\", \"e\":{\"\":[]} }")) {
      in.beginObject();
      while (in.nextMember()) {
        seen.add(in.name());
        switch (in.name()) {
          case "a" -> {
            in.beginArray();
            while (in.nextItem()) {
              if (seen.size() < 3) {
                seen.add(in.unsigned(2));
              } else {
                in.skip();
              }
            }
          }
          case "b" -> seen.add(in.hex(2));
          case "c" -> in.skip();
          case "d" -> seen.add(in.string());
          default -> seen.add(new String(in.objectText().toArray(), StandardCharsets.UTF_8));
        }
      }
      in.end();
    }
    assertThat(seen)
        .containsExactly("a", 1, 2, "b", Bytes.ofHex("00ff"), "c", "d", "x", "e", "{\"\":[]}");
  }

  @Test
  void theTextOfAnObjectIsVerbatim() throws RefutedException {
    String object = "{ \"\u00e9\" :\t[ 1 , \"\\u00e9 }\" ]\n}";
    JsonCursor in = open(" [ " + object + " , 1]");
    in.beginArray();
    assertThat(in.nextItem()).isTrue();
    assertThat(in.objectText()).isEqualTo(Bytes.of(object.getBytes(StandardCharsets.UTF_8)));
    assertThat(in.nextItem()).isTrue();
    assertThat(in.unsigned(1)).isEqualTo(1);
    assertThat(in.nextItem()).isFalse();
    in.end();
  }

  @Test
  void aValueOfAnotherTypeIsNotWhatTheSchemaSays() {
    assertThat(refusal(() -> open("[]").beginObject())).isEqualTo(Code.NOT_SCHEMA);
    assertThat(refusal(() -> open("{}").beginArray())).isEqualTo(Code.NOT_SCHEMA);
    assertThat(refusal(() -> open("1").string())).isEqualTo(Code.NOT_SCHEMA);
    assertThat(refusal(() -> open("null").skipString())).isEqualTo(Code.NOT_SCHEMA);
    assertThat(refusal(() -> open("[{}]").objectText())).isEqualTo(Code.NOT_SCHEMA);
    assertThat(refusal(() -> open("\"1\"").unsigned(1))).isEqualTo(Code.NOT_SCHEMA);
    assertThat(refusal(() -> open("true").unsigned(1))).isEqualTo(Code.NOT_SCHEMA);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-1", "256", "4294967296", "9223372036854775807", "18446744073709551616"})
  void aNumberOutOfItsRangeIsNotWhatTheSchemaSays(String number) {
    assertThat(refusal(() -> open(number).unsigned(255))).isEqualTo(Code.NOT_SCHEMA);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "000", "0g00", "0 00", "00000", "\uff10\uff10\uff10\uff10"})
  void hexadecimalHasItsLengthAndItsDigits(String digits) {
    assertThat(refusal(() -> open("\"" + digits + "\"").hex(2))).isEqualTo(Code.NOT_SCHEMA);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\"}",
        "{a:1}",
        "01",
        "+1",
        "1.0",
        "1e3",
        "NaN",
        "nul",
        "'a'",
        "\"a",
        "\"\n\"",
        "\"\\x\"",
        "\"\\ud800\"",
        "\"\\udc00\\ud800\"",
        "{\"\\ud800\":1}",
        "{} {}",
        "1 2",
        "{}]",
        "[]//",
        "/**/[]",
        "\uFEFF{}",
        "\0{}"
      })
  void whatIsNotStrictJsonIsRefused(String text) {
    assertThat(skipped(text)).isEqualTo(Code.NOT_JSON);
  }

  @Test
  void aNameThatComesTwiceIsFoundInObjectsOfEverySizeAndDepth() throws RefutedException {
    for (int size : new int[] {1, 2, 23, 24, 25, 26, 100, 2000}) {
      String members =
          IntStream.range(0, size)
              .mapToObj(i -> "\"n" + i + "\":{\"n" + i + "\":0}")
              .collect(Collectors.joining(","));
      String around = "[{\"n0\":[{" + members + "}]},{" + members + "}]";
      JsonCursor in = open(around);
      in.skip();
      in.end();
      for (int twice : new int[] {0, size / 2, size - 1}) {
        String more = members + ",\"n" + twice + "\":0";
        assertThat(skipped("{" + more + "}")).as("%d of %d", twice, size).isEqualTo(Code.NOT_JSON);
        assertThat(skipped("[{\"n0\":[{" + members + "},{" + more + "}]}]"))
            .isEqualTo(Code.NOT_JSON);
      }
    }
  }

  @Test
  void aLargeObjectLeavesNothingBehindForItsNeighbour() throws RefutedException {
    String large =
        IntStream.range(0, 50)
            .mapToObj(i -> "\"n" + i + "\":0")
            .collect(Collectors.joining(",", "{", "}"));
    JsonCursor in =
        open("[" + large + "," + large + ",{\"n0\":" + large + ",\"n1\":" + large + "}]");
    in.skip();
    in.end();
  }

  @Test
  void inputBeyondTheCapIsNotLookedAt() {
    Bytes input = Bytes.of("{}  ".getBytes(StandardCharsets.UTF_8));
    assertThat(
            refusal(() -> JsonCursor.open("doc", input, 3, Code.NOT_JSON, Code.NOT_SCHEMA).end()))
        .isEqualTo(Code.NOT_JSON);
  }

  @Test
  void textThatIsNotJsonOutweighsWhatTheSchemaSays() throws RefutedException {
    assertThat(outweighed("[{\"a\":true},{\"b\":[]}]")).isEqualTo(Code.NOT_SCHEMA);
    assertThat(outweighed("[{\"a\":true},{\"b\":[]}] ")).isEqualTo(Code.NOT_SCHEMA);
    for (String text :
        List.of(
            "[{\"a\":true},{\"b\":[}]",
            "[{\"a\":true,\"a\":1},{}]",
            "[{\"a\":true},{\"b\":0,\"b\":0}]",
            "[{\"a\":true}",
            "[{\"a\":true}]]",
            "[{\"a\":true}]{}",
            "[{\"a\":true}] 1")) {
      assertThat(outweighed(text)).as(text).isEqualTo(Code.NOT_JSON);
    }
  }

  private static FindingCode outweighed(String text) throws RefutedException {
    JsonCursor in = open(text);
    in.beginArray();
    in.nextItem();
    in.beginObject();
    in.nextMember();
    return in.orNotJson(in.wrong("a number")).finding().code();
  }

  @Test
  void aRootOfAnotherTypeIsOutweighedByWhatFollowsIt() throws RefutedException {
    JsonCursor alone = open("1 ");
    assertThat(alone.orNotJson(alone.wrong("an object")).finding().code())
        .isEqualTo(Code.NOT_SCHEMA);
    JsonCursor followed = open("1 2");
    assertThat(followed.orNotJson(followed.wrong("an object")).finding().code())
        .isEqualTo(Code.NOT_JSON);
  }

  @Test
  void aRefusalNamesThePlaceAndNotTheContent() {
    assertThatThrownBy(
            () -> {
              JsonCursor in = open("{\"list\":[0,{\"a b\":\"secret\"}]}");
              in.beginObject();
              in.nextMember();
              in.beginArray();
              in.nextItem();
              in.nextItem();
              in.beginObject();
              in.nextMember();
              in.unsigned(1);
            })
        .hasMessageContaining("doc.list[1].?")
        .hasMessageNotContaining("secret");
  }
}

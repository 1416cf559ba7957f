package io.github.cvmattestation.attestation.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {
  private static final int MAX = 1 << 20;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":1,\"a\":1}",
        "{\"a\":1,\"b\":2,\"a\":3}",
        "{\"a\":1,\"\\u0061\":2}", // the same name, written with an escape
        "{\"x\":{\"a\":1,\"a\":2}}",
        "[{\"a\":1,\"a\":2}]",
        "{\"\":1,\"\":2}",
        "{\"\\ud83d\\ude00\":1,\"\ud83d\ude00\":2}"
      })
  void duplicateNamesAreRefused(String text) {
    refused(text);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 8, 9, 500})
  void aDuplicateIsRefusedHoweverManyMembersStandBetween(int size) throws MalformedException {
    List<String> members =
        IntStream.range(0, size).mapToObj(i -> "\"n" + i + "\":{\"n0\":" + i + "}").toList();
    Json.Obj object = parse("{" + String.join(",", members) + "}").asObject();
    assertThat(object.names())
        .containsExactlyElementsOf(IntStream.range(0, size).mapToObj(i -> "n" + i).toList());
    for (int i = 0; i < size; i++) {
      Json.Obj member = object.require("n" + i).asObject();
      assertThat(member.require("n0").asUnsigned(size)).isEqualTo(i);
      assertThat(member.where()).isEqualTo("x.n" + i);
    }
    assertThat(object.get("n" + size)).isEmpty();
    for (int twice : new int[] {0, size / 2, size - 1}) {
      refused("{" + String.join(",", members) + "," + members.get(twice) + "}");
      refused("[{\"a\":{" + members.get(twice) + "," + String.join(",", members) + "}}]");
    }
  }

  @Test
  void theSameNameInDifferentObjectsIsNoDuplicate() throws MalformedException {
    assertThat(parse("{\"a\":{\"a\":1},\"b\":{\"a\":2}}").asObject().names())
        .containsExactly("a", "b");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{} {}",
        "{}x",
        "{},",
        "[]]",
        "1 2",
        "1,",
        "true false",
        "\"a\"\"b\"",
        "{}}",
        "{}//",
        "null null",
        "1 x"
      })
  void trailingBytesAreRefused(String text) {
    refused(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[",
        "\"a",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "[1",
        "[1,",
        "tru",
        "nul",
        "-",
        "]",
        "}",
        ":",
        ",",
        "[1,]",
        "{\"a\":1,}",
        "[,1]",
        "{a:1}",
        "{'a':1}",
        "['a']",
        "{1:2}",
        "[1 2]",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "NaN",
        "Infinity",
        "-Infinity",
        "True",
        "undefined",
        "01",
        "-01",
        "+1",
        "0x10",
        ".5",
        "1.",
        "\"\\x41\"",
        "\"\\u12\"",
        "\"\t\"",
        "\"\n\"",
        "\"\u0001\"",
        "\u000b1",
        "\f1",
        "\u00a01",
        "{\"a\n\":1}"
      })
  void whatIsNotJsonIsRefused(String text) {
    refused(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/* c */1",
        "1/* c */",
        "// c\n1",
        "# c\n1",
        "[1,/**/2]",
        "{\"a\"/**/:1}",
        "[1,//\n2]"
      })
  void commentsAreRefused(String text) {
    refused(text);
  }

  @Test
  void thirtyTwoLevelsAreReadAndThirtyThreeRefused() throws MalformedException {
    assertThat(parse("[".repeat(32) + "]".repeat(32)).asArray(1)).hasSize(1);
    refused("[".repeat(33) + "]".repeat(33));
    parse("{\"a\":".repeat(32) + "1" + "}".repeat(32));
    refused("{\"a\":".repeat(33) + "1" + "}".repeat(33));
  }

  @Test
  void aHundredThousandLevelsAreRefusedWithoutRecursion() {
    refused("[".repeat(100_000));
    refused("{\"a\":".repeat(100_000));
  }

  @Test
  void twentyDigitsAreReadAndTwentyOneRefused() throws MalformedException {
    assertThat(parse("18446744073709551615"))
        .isInstanceOfSatisfying(
            Json.Num.class,
            n -> assertThat(n.value()).isEqualTo(new BigInteger("18446744073709551615")));
    refused("100000000000000000000");
    refused("[100000000000000000000]");
    refused("{\"a\":-100000000000000000000}");
    refused("9".repeat(100_000));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.0",
        "0.0",
        "-0.5",
        "1e0",
        "1E2",
        "1e-1",
        "1.5e3",
        "1e400",
        "[1.0]",
        "{\"a\":1e1}"
      })
  void numbersThatAreNotIntegersAreRefused(String text) {
    refused(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-16BE", "UTF-16LE", "UTF-16", "UTF-32BE", "UTF-32LE"})
  void otherEncodingsAreRefused(String charset) {
    refused(Bytes.of("{\"a\":1}".getBytes(Charset.forName(charset))));
    refused(Bytes.of("1".getBytes(Charset.forName(charset))));
  }

  @ParameterizedTest
  @CsvSource({
    "efbbbf7b7d, byte order mark",
    "feff007b007d, byte order mark of UTF-16",
    "7b007d, NUL",
    "7b7d00, NUL at the end",
    "220022, NUL in a string",
    "22c022, half a sequence",
    "22c0af22, overlong solidus",
    "22c08022, overlong NUL",
    "22e080af22, overlong in three",
    "22eda08022, surrogate in UTF-8",
    "22edb08022, low surrogate in UTF-8",
    "22f490808022, beyond U+10FFFF",
    "22f8888080802 2, five bytes",
    "22ff22, never in UTF-8",
    "228022, continuation alone",
    "22e2829f, cut off"
  })
  void whatIsNotUtf8IsRefused(String hex, String why) {
    refused(Bytes.ofHex(hex.replace(" ", "")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800x\"",
        "\"\\ud800\\ud800\"",
        "\"\\udc00\\ud800\"",
        "\"a\\uDBFF\"",
        "{\"\\ud800\":1}",
        "{\"a\\udfff\":1}",
        "[\"\\ud83d\"]",
        "{\"a\":\"\\ude00\"}"
      })
  void halfASurrogatePairIsRefused(String text) {
    refused(text);
  }

  @Test
  void aWholeSurrogatePairIsOneCharacter() throws MalformedException {
    assertThat(parse("\"\\ud83d\\ude00\"").asString()).isEqualTo("\ud83d\ude00");
    assertThat(parse("{\"\\ud83d\\ude00\":1}").asObject().names()).containsExactly("\ud83d\ude00");
  }

  @Test
  void theSizeIsLimitedBeforeAnythingIsRead() throws MalformedException {
    Bytes text = bytes("[1,2]");
    StrictJson.parse("x", text, 5);
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> StrictJson.parse("x", text, 4))
        .withMessageContaining("at most 4 bytes");
  }

  @Test
  void manyTinyValuesAreRefused() throws MalformedException {
    assertThat(parse("[" + "1,".repeat(65_000) + "1]").asArray(70_000)).hasSize(65_001);
    refused("[" + "1,".repeat(66_000) + "1]");
  }

  @Test
  void pathsDoNotGrowWithoutBound() throws MalformedException {
    String name = "n".repeat(40);
    Json value = parse(("{\"" + name + "\":").repeat(31) + "[1]" + "}".repeat(31));
    for (int i = 0; i < 31; i++) {
      value = value.asObject().require(name);
    }
    assertThat(value.asArray(1).get(0).where()).hasSizeLessThanOrEqualTo(203).endsWith("...");
  }

  @Test
  void aPathThatWasCutStaysCut() throws MalformedException {
    String name = "n".repeat(40);
    Json value = parse(("{\"" + name + "\":").repeat(5) + "[[1]]" + "}".repeat(5));
    for (int i = 0; i < 5; i++) {
      value = value.asObject().require(name);
    }
    // "[0]" would find room where a whole name did not: the path would name another value.
    assertThat(value.asArray(1).get(0).asArray(1).get(0).where())
        .isEqualTo("x" + ("." + name).repeat(4) + "...");
  }

  @Test
  void aPathNamesWhereAValueIs() throws MalformedException {
    Json item = parse("{\"tpm_quote\":{\"pcrs\":[0,1,\"x\"]}}").asObject().require("tpm_quote");
    assertThat(item.asObject().require("pcrs").asArray(3).get(2).where())
        .isEqualTo("x.tpm_quote.pcrs[2]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\\nb", "\\u001b[31m", "a\\u0000b", "a b", "\\u202e", "\u00e9", ""})
  void strangeNamesDoNotReachMessages(String name) throws MalformedException {
    Json member = parse("{\"" + name + "\":1}").asObject().members().values().iterator().next();
    assertThat(member.where()).isEqualTo("x.?");
  }

  @Test
  void aRefusalDoesNotQuoteTheInput() {
    for (String text :
        new String[] {
          "{\"secret\":secret}", "\"secret", "[secret]", "{\"secret\":1,\"secret\":1}"
        }) {
      assertThatExceptionOfType(MalformedException.class)
          .isThrownBy(() -> parse(text))
          .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"))
          .withNoCause();
    }
  }

  private static Json parse(String text) throws MalformedException {
    return StrictJson.parse("x", bytes(text), MAX);
  }

  private static void refused(String text) {
    refused(bytes(text));
  }

  private static void refused(Bytes text) {
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> StrictJson.parse("x", text, MAX));
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }
}

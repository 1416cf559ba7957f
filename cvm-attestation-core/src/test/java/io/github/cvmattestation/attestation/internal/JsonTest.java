package io.github.cvmattestation.attestation.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A value of another type is never taken for the one that was asked for. */
class JsonTest {
  @ParameterizedTest
  @ValueSource(strings = {"\"true\"", "1", "0", "null", "[true]", "{}", "\"\""})
  void onlyABooleanIsABoolean(String text) throws MalformedException {
    Json value = parse(text);
    refused(value::asBoolean);
    assertThat(parse("true").asBoolean()).isTrue();
    assertThat(parse("false").asBoolean()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"1\"", "true", "null", "[1]", "-1", "256", "18446744073709551615"})
  void onlyAnIntegerInRangeIsANumber(String text) throws MalformedException {
    Json value = parse(text);
    refused(() -> value.asUnsigned(255));
  }

  @Test
  void bothEndsOfARangeAreInIt() throws MalformedException {
    assertThat(parse("0").asUnsigned(255)).isZero();
    assertThat(parse("255").asUnsigned(255)).isEqualTo(255);
    assertThat(parse("9223372036854775807").asUnsigned(Long.MAX_VALUE)).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "true", "null", "[]", "{}"})
  void onlyAStringIsAString(String text) throws MalformedException {
    Json value = parse(text);
    refused(value::asString);
    refused(value::asHex);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a\"", "\"0x00\"", "\"zz\"", "\"aa \"", "\"aa bb\""})
  void whatIsNotHexadecimalIsRefused(String text) throws MalformedException {
    refused(parse(text)::asHex);
  }

  @Test
  void hexadecimalComesInEitherLetterCase() throws MalformedException {
    assertThat(parse("\"aAbB\"").asHex()).isEqualTo(Bytes.ofHex("aabb"));
  }

  @Test
  void anArrayAboveItsMaximumIsRefused() throws MalformedException {
    assertThat(parse("[1,2]").asArray(2)).hasSize(2);
    Json three = parse("[1,2,3]");
    refused(() -> three.asArray(2));
    refused(() -> parse("{}").asArray(2));
  }

  @Test
  void unknownMembersAreRefusedAndNotRepeated() throws MalformedException {
    Json.Obj object = parse("{\"known\":1,\"secret\":2}").asObject();
    object.onlyMembers("known", "secret", "absent");
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> object.onlyMembers("known"))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("secret"));
  }

  @Test
  void aMissingMemberIsRefusedAndNullIsNotMissing() throws MalformedException {
    Json.Obj object = parse("{\"a\":null}").asObject();
    assertThat(object.require("a")).isInstanceOf(Json.Null.class);
    assertThat(object.get("b")).isEmpty();
    refused(() -> object.require("b"));
    refused(() -> object.require("a").asString());
    refused(() -> parse("[]").asObject());
  }

  @Test
  void parsedValuesCannotBeChanged() throws MalformedException {
    Json.Obj object = parse("{\"a\":[1]}").asObject();
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> object.members().clear());
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> object.require("a").asArray(1).clear());
  }

  private static Json parse(String text) throws MalformedException {
    return StrictJson.parse("x", Bytes.of(text.getBytes(StandardCharsets.UTF_8)), 1000);
  }

  private static void refused(ThrowingCallable reading) {
    assertThatExceptionOfType(MalformedException.class).isThrownBy(reading);
  }
}

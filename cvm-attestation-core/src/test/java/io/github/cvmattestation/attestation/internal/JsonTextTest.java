package io.github.cvmattestation.attestation.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.MalformedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Eight octets are looked at in one step: none may hide from it, wherever it stands. */
class JsonTextTest {
  private static final int LONGEST = 19;

  /** Every place in texts of every length up to two steps and a rest. */
  static Stream<Arguments> places() {
    return IntStream.rangeClosed(1, LONGEST)
        .boxed()
        .flatMap(size -> IntStream.range(0, size).mapToObj(at -> Arguments.of(size, at)));
  }

  private static byte[] with(int size, int at, int octet) {
    byte[] text = new byte[size];
    Arrays.fill(text, (byte) 'x');
    text[at] = (byte) octet;
    return text;
  }

  private static boolean hasEscapes(byte[] text) throws MalformedException {
    return JsonText.requireUtf8("text", ByteBuffer.wrap(text));
  }

  @ParameterizedTest
  @MethodSource("places")
  void aNulIsRefusedWhereverItStands(int size, int at) {
    assertThatThrownBy(() -> hasEscapes(with(size, at, 0)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("NUL");
  }

  @ParameterizedTest
  @MethodSource("places")
  void anEscapeIsSeenWhereverItStands(int size, int at) throws MalformedException {
    assertThat(hasEscapes(with(size, at, '\\'))).isTrue();
  }

  @ParameterizedTest
  @MethodSource("places")
  void whatIsNoUtf8IsRefusedWhereverItStands(int size, int at) {
    assertThatThrownBy(() -> hasEscapes(with(size, at, 0xFF)))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("UTF-8");
  }

  /** The neighbours of NUL and backslash, and the octets that share all bits but one with them. */
  @ParameterizedTest
  @MethodSource("places")
  void noOtherCharacterIsTakenForOneOfThem(int size, int at) throws MalformedException {
    for (int octet = 1; octet < 0x80; octet++) {
      assertThat(hasEscapes(with(size, at, octet))).isEqualTo(octet == '\\');
    }
  }

  @ParameterizedTest
  @MethodSource("places")
  void whatStandsAroundTheTextIsNoPartOfIt(int size, int at) throws MalformedException {
    byte[] around = with(size, at, 0);
    assertThat(JsonText.requireUtf8("text", ByteBuffer.wrap(around, 0, at))).isFalse();
    assertThat(JsonText.requireUtf8("text", ByteBuffer.wrap(around, at + 1, size - at - 1)))
        .isFalse();
    assertThat(JsonText.requireUtf8("text", ByteBuffer.wrap(around).slice(0, at))).isFalse();
  }

  @Property
  void escapesOfAnyTextAreFound(@ForAll String text) throws MalformedException {
    String whole = "\"" + text.replace('\0', ' ').replaceAll("[\\ud800-\\udfff]", "");
    assertThat(hasEscapes(whole.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(whole.indexOf('\\') >= 0);
  }

  @Property
  void halfASurrogatePairIsSeenAtEitherEnd(
      @ForAll String before, @ForAll @IntRange(min = 0xD800, max = 0xDFFF) int half) {
    String others = before.replaceAll("[\\ud800-\\udfff]", "");
    assertThat(JsonText.isWellFormed(others + "\ud83d\ude00")).isTrue();
    assertThat(JsonText.isWellFormed(others + (char) half)).isFalse();
    assertThat(JsonText.isWellFormed((char) half + "x" + others)).isFalse();
  }
}

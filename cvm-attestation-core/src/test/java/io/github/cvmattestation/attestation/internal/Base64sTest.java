package io.github.cvmattestation.attestation.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Base64sTest {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  @ParameterizedTest
  @CsvSource({
    "'', ''",
    "Zg==, 66",
    "Zg, 66",
    "Zm8=, 666f",
    "Zm8, 666f",
    "Zm9v, 666f6f", // RFC 4648 §10
    "+/+/, fbffbf",
    "-_-_, fbffbf",
    "+w==, fb",
    "-w==, fb",
    "-w, fb"
  })
  void bothAlphabetsAreReadWithAndWithoutPadding(String text, String hex)
      throws MalformedException {
    assertThat(Base64s.decode("x", text)).isEqualTo(Bytes.ofHex(hex));
  }

  @Test
  void ofAllLastCharactersOnlyTheCanonicalOneIsRead() {
    // One octet leaves 4 unused bits in the second character, two octets leave 2 in the third.
    for (int i = 0; i < 64; i++) {
      assertThat(reads("A" + ALPHABET.charAt(i))).isEqualTo(i % 16 == 0);
      assertThat(reads("A" + ALPHABET.charAt(i) + "==")).isEqualTo(i % 16 == 0);
      assertThat(reads("AA" + ALPHABET.charAt(i))).isEqualTo(i % 4 == 0);
      assertThat(reads("AA" + ALPHABET.charAt(i) + "=")).isEqualTo(i % 4 == 0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "=",
        "==",
        "===",
        "====",
        "A",
        "A===",
        "AA=",
        "AA===",
        "AAA==",
        "AAAA=",
        "AAAA==",
        "AAAA====",
        "AA==AA==",
        "=AAA",
        "A=AA",
        "Zm 9v",
        "Zm9v\n",
        " Zm9v",
        "Zm9v ",
        "Zm\r\n9v",
        "+-AA",
        "/_AA",
        "AA\u0000A",
        "AAA\u00e9",
        "ＡＡＡＡ",
        "AA.A",
        "AA,A",
        "AA%3D"
      })
  void anythingElseIsRefused(String text) {
    assertThat(reads(text)).isFalse();
  }

  @Property
  void whatAnEncoderWritesIsRead(@ForAll byte[] octets) throws MalformedException {
    Bytes bytes = Bytes.of(octets);
    for (Base64.Encoder encoder :
        new Base64.Encoder[] {Base64.getEncoder(), Base64.getUrlEncoder()}) {
      assertThat(Base64s.decode("x", encoder.encodeToString(octets))).isEqualTo(bytes);
      String unpadded = encoder.withoutPadding().encodeToString(octets);
      assertThat(Base64s.decode("x", unpadded)).isEqualTo(bytes);
    }
  }

  @Property
  void noOtherTextOfTheSameFormNamesTheSameBytes(@ForAll String text) {
    try {
      Bytes read = Base64s.decode("x", text);
      boolean url = text.contains("-") || text.contains("_");
      Base64.Encoder encoder = url ? Base64.getUrlEncoder() : Base64.getEncoder();
      assertThat(text)
          .isIn(
              encoder.encodeToString(read.toArray()),
              encoder.withoutPadding().encodeToString(read.toArray()));
    } catch (MalformedException e) {
      assertThat(e).hasMessageContaining("base64");
    }
  }

  @Test
  void aMessageDoesNotRepeatTheText() {
    assertThatExceptionOfType(MalformedException.class)
        .isThrownBy(() -> Base64s.decode("report", "se*cret"))
        .satisfies(e -> assertThat(e.getMessage()).startsWith("report").doesNotContain("cret"));
  }

  private static boolean reads(String text) {
    try {
      Base64s.decode("x", text);
      return true;
    } catch (MalformedException e) {
      return false;
    }
  }
}

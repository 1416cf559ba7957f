package io.github.cvmattestation.attestation.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PemTest {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----\n";
  private static final String END = "-----END CERTIFICATE-----\n";
  private static final String ONE = BEGIN + "MAA=\n" + END;
  private static final Bytes DER = Bytes.ofHex("3000");

  @Test
  void blocksComeInTheirOrder() throws MalformedException {
    assertThat(decode(ONE + BEGIN + "MQA=\n" + END)).containsExactly(DER, Bytes.ofHex("3100"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-----BEGIN CERTIFICATE-----\r\nMAA=\r\n-----END CERTIFICATE-----\r\n",
        "\n\n \t-----BEGIN CERTIFICATE-----\n\nM\nA\nA\n=\n\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----MAA=-----END CERTIFICATE-----\n\n\n",
        "-----BEGIN CERTIFICATE-----\n MAA= \n-----END CERTIFICATE-----\t"
      })
  void whiteSpaceChangesNothing(String text) throws MalformedException {
    assertThat(decode(text)).containsExactly(DER);
  }

  @Test
  void whiteSpaceAloneHasNoBlocks() throws MalformedException {
    assertThat(decode("")).isEmpty();
    assertThat(decode(" \r\n\t")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "subject=CN = ARK\n" + ONE,
        ONE + "text behind",
        ONE + "text between\n" + ONE,
        ONE + "\u0000",
        ONE + "\f" + ONE,
        ONE + "\u00a0",
        "\u00ef\u00bb\u00bf" + ONE,
        ONE + "-----END CERTIFICATE-----\n",
        ONE + "-----BEGIN CERTIFICATE-----\n",
        "-----END CERTIFICATE-----\n" + ONE,
        BEGIN + "MAA=\n",
        BEGIN + ONE,
        BEGIN + "Proc-Type: 4,ENCRYPTED\n\nMAA=\n" + END,
        BEGIN + "M*A=\n" + END,
        BEGIN + "MAB=\n" + END,
        BEGIN + "MAA\n" + END,
        BEGIN + "-_-_\n" + END,
        BEGIN + "MAA==\n" + END,
        "-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n",
        "-----BEGIN TRUSTED CERTIFICATE-----\nMAA=\n-----END TRUSTED CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END X509 CRL-----\n",
        "-----BEGIN certificate-----\nMAA=\n-----END certificate-----\n",
        "-----BEGIN CERTIFICATE----\nMAA=\n-----END CERTIFICATE-----\n",
        "----- BEGIN CERTIFICATE -----\nMAA=\n----- END CERTIFICATE -----\n",
      })
  void anythingThatIsNotABlockOfThisLabelIsRefused(String text) {
    refused(text);
  }

  /** Found by fuzzing: the end was once looked for inside the begin. */
  @Test
  void beginAndEndThatShareTheirDashesAreRefused() {
    refused("-----BEGIN CERTIFICATE-----END CERTIFICATE-----");
  }

  @Test
  void sixtyFourBlocksAreReadAndSixtyFiveRefused() throws MalformedException {
    assertThat(decode(ONE.repeat(64))).hasSize(64);
    refused(ONE.repeat(65));
  }

  @Test
  void tenThousandBlocksAreRefused() {
    refused(ONE.repeat(10_000));
  }

  @Test
  void pemIsToldFromDerByItsFirstDash() {
    assertThat(Pem.looksLike(bytes(ONE))).isTrue();
    assertThat(Pem.looksLike(bytes(" \r\n\t" + ONE))).isTrue();
    assertThat(Pem.looksLike(Bytes.ofHex("3000"))).isFalse();
    assertThat(Pem.looksLike(Bytes.empty())).isFalse();
    assertThat(Pem.looksLike(bytes("  \n"))).isFalse();
  }

  private static List<Bytes> decode(String text) throws MalformedException {
    return Pem.decode(bytes(text), "CERTIFICATE");
  }

  private static void refused(String text) {
    assertThatExceptionOfType(MalformedException.class).isThrownBy(() -> decode(text));
  }

  private static Bytes bytes(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}

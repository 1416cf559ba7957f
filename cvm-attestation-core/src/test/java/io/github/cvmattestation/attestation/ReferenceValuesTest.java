package io.github.cvmattestation.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReferenceValuesTest {
  @Test
  void sectionsAreCutOutVerbatimAndInTheirOrder() {
    var sections =
        ReferenceValues.parse(text("{ \"snp\" : { \"a\" :1 } ,\n\"azure\":{}}")).sections();
    assertThat(sections.keySet()).containsExactly("snp", "azure");
    assertThat(sections.get("snp")).isEqualTo(text("{ \"a\" :1 }"));
    assertThat(sections.get("azure")).isEqualTo(text("{}"));
    assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(sections::clear);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "1",
        "null",
        "\"snp\"",
        "{\"snp\":1}",
        "{\"snp\":[]}",
        "{\"snp\":null}",
        "{\"snp\":\"x\"}",
        "{\"snp\":{},\"snp\":{}}",
        "{\"snp\":{}} x",
        "{\"snp\":{\"a\":1.5}}",
        "{\"snp\":{}",
        "// c\n{\"snp\":{}}"
      })
  void whatIsNotAnObjectOfObjectsIsAMistakeOfThePolicy(String json) {
    assertThatExceptionOfType(AttestationException.Configuration.class)
        .isThrownBy(() -> ReferenceValues.parse(text(json)))
        .satisfies(e -> assertThat(e.remedy()).isNotBlank());
  }

  @Test
  void aPolicyOfMoreThanAMebibyteIsAMistake() {
    assertThatExceptionOfType(AttestationException.Configuration.class)
        .isThrownBy(() -> ReferenceValues.parse(text("{}" + " ".repeat(1 << 20))));
  }

  private static Bytes text(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }
}

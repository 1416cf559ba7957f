package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.azure.AzureCvmEvidence.Form;
import io.github.cvmattestation.azure.AzureCvmEvidence.Hardware;
import io.github.cvmattestation.azure.AzureCvmEvidence.Quote;
import io.github.cvmattestation.azure.AzureCvmEvidence.TdQuote;
import io.github.cvmattestation.azure.AzureCvmEvidence.Vcek;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AzureCvmEvidenceTest {
  private static final String PCR = "ab".repeat(32);
  private static final String PCRS = "[" + "\"%s\",".formatted(PCR).repeat(23) + "\"" + PCR + "\"]";
  private static final String V1 =
      """
      {"version":1,"hcl_report":"AQID","tpm_quote":{"signature":"0a","message":"0B0c","pcrs":%s},\
      "vcek":"_-8="}"""
          .formatted(PCRS);
  private static final String OCTETS = "[" + "171,".repeat(31) + "171]";
  private static final String V0 =
      """
      {"quote":{"signature":[10],"message":[11,12],"pcrs":[%s%s]},"report":[1,2,3],"vcek":"PEM\\n"}"""
          .formatted((OCTETS + ",").repeat(23), OCTETS);

  private static final Quote QUOTE =
      new Quote(Bytes.ofHex("0b0c"), Bytes.ofHex("0a"), Collections.nCopies(24, Bytes.ofHex(PCR)));

  private static Bytes utf8(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static AzureCvmEvidence parse(String json) throws MalformedException {
    return AzureCvmEvidence.parse(utf8(json));
  }

  private static AzureCvmEvidence evidence(Form form, boolean wrapped, Hardware hardware) {
    return new AzureCvmEvidence(form, wrapped, Bytes.ofHex("010203"), QUOTE, hardware);
  }

  @Test
  void everyFormIsRead() throws MalformedException {
    assertThat(parse(V0)).isEqualTo(evidence(Form.V0, false, new Vcek(utf8("PEM\n"))));
    Vcek der = new Vcek(Bytes.ofHex("ffef"));
    assertThat(parse(V1)).isEqualTo(evidence(Form.V1, false, der));
    assertThat(parse(V1.replace("\"version\":1", "\"version\":2")))
        .isEqualTo(evidence(Form.V2, false, der));
    assertThat(parse(V1.replace("vcek", "td_quote")))
        .isEqualTo(evidence(Form.V1, false, new TdQuote(Bytes.ofHex("ffef"))));
    assertThat(parse("{\"platform\":\"az-snp\",\"evidence\":" + V1 + "}"))
        .isEqualTo(evidence(Form.V1, true, der));
    assertThat(parse("{\"platform\":\"az-snp\",\"evidence\":" + V0 + "}"))
        .isEqualTo(evidence(Form.V0, true, new Vcek(utf8("PEM\n"))));
  }

  @Test
  void base64IsReadInEitherAlphabetWithOrWithoutPadding() throws MalformedException {
    AzureCvmEvidence expected = parse(V1);
    assertThat(parse(V1.replace("_-8=", "_-8"))).isEqualTo(expected);
    assertThat(parse(V1.replace("_-8=", "/+8="))).isEqualTo(expected);
    assertThat(parse(V1.replace("_-8=", "/+8"))).isEqualTo(expected);
  }

  static Stream<AzureCvmEvidence> forms() {
    Vcek der = new Vcek(Bytes.ofHex("ffef00"));
    TdQuote td = new TdQuote(Bytes.ofHex("0400"));
    return Stream.of(false, true)
        .flatMap(
            wrapped ->
                Stream.of(
                    evidence(Form.V0, wrapped, new Vcek(utf8("-----\r\n\"\\/"))),
                    evidence(Form.V1, wrapped, der),
                    evidence(Form.V2, wrapped, der),
                    evidence(Form.V1, wrapped, td),
                    evidence(Form.V2, wrapped, td)));
  }

  @ParameterizedTest
  @MethodSource("forms")
  void whatWasWrittenReadsAsEqualEvidence(AzureCvmEvidence evidence) throws MalformedException {
    assertThat(AzureCvmEvidence.parse(evidence.toJson())).isEqualTo(evidence);
    assertThat(evidence.toEvidence().content()).isEqualTo(evidence.toJson());
    assertThat(evidence.toEvidence().mediaType()).isEqualTo(AzureCvmEvidence.MEDIA_TYPE);
  }

  static Stream<Arguments> otherJson() {
    return Stream.of(
        Arguments.of("nothing", ""),
        Arguments.of("an array", "[]"),
        Arguments.of("an empty object", "{}"),
        Arguments.of("trailing text", V1 + "x"),
        Arguments.of("version 0", V1.replace("\"version\":1", "\"version\":0")),
        Arguments.of("version 3", V1.replace("\"version\":1", "\"version\":3")),
        Arguments.of("version as text", V1.replace("\"version\":1", "\"version\":\"1\"")),
        Arguments.of("a member more", V1.replace("{\"version\"", "{\"x\":1,\"version\"")),
        Arguments.of("a member twice", V1.replace("{\"version\"", "{\"version\":1,\"version\"")),
        Arguments.of("a quote member more", V1.replace("{\"signature", "{\"x\":1,\"signature")),
        Arguments.of("both kinds", V1.replace("\"vcek\"", "\"td_quote\":\"\",\"vcek\"")),
        Arguments.of("neither kind", V1.replace(",\"vcek\":\"_-8=\"", "")),
        Arguments.of("no report", V1.replace("hcl_report", "report")),
        Arguments.of("no signature", V1.replace("\"signature\":\"0a\",", "")),
        Arguments.of("odd hex", V1.replace("0B0c", "0B0")),
        Arguments.of("hex with space", V1.replace("0B0c", "0B 0c")),
        Arguments.of("stray base64 bits", V1.replace("_-8=", "_-9=")),
        Arguments.of("both alphabets", V1.replace("_-8=", "_+8=")),
        Arguments.of("23 PCRs", V1.replaceFirst("\"" + PCR + "\",", "")),
        Arguments.of("25 PCRs", V1.replaceFirst("\\[", "[\"" + PCR + "\",")),
        Arguments.of("a short PCR", V1.replaceFirst(PCR, PCR.substring(2))),
        Arguments.of("a long PCR", V1.replaceFirst(PCR, PCR + "00")),
        Arguments.of("a null PCR", V1.replaceFirst("\"" + PCR + "\"", "null")),
        Arguments.of("a byte of 256", V0.replace("[10]", "[256]")),
        Arguments.of("a byte of -1", V0.replace("[10]", "[-1]")),
        Arguments.of("a byte of 1.5", V0.replace("[10]", "[1.5]")),
        Arguments.of("a byte as text", V0.replace("[10]", "[\"10\"]")),
        Arguments.of("hex in V0", V0.replace("[10]", "\"0a\"")),
        Arguments.of("a td_quote in V0", V0.replace("vcek", "td_quote")),
        Arguments.of("PEM beyond ASCII", V0.replace("PEM", "P\u00c9M")),
        Arguments.of("a platform alone", "{\"platform\":\"az-snp\"}"),
        Arguments.of("another platform", "{\"platform\":\"snp\",\"evidence\":" + V1 + "}"),
        Arguments.of("the other platform", "{\"platform\":\"az-tdx\",\"evidence\":" + V1 + "}"),
        Arguments.of(
            "wrapped twice",
            "{\"platform\":\"az-snp\",\"evidence\":{\"platform\":\"az-snp\",\"evidence\":"
                + V1
                + "}}"),
        Arguments.of(
            "a wrapper with more", "{\"platform\":\"az-snp\",\"x\":1,\"evidence\":" + V1 + "}"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("otherJson")
  void anythingElseIsRefused(String what, String json) {
    assertThat(json).isNotEqualTo(V0).isNotEqualTo(V1);
    assertThatThrownBy(() -> parse(json)).isInstanceOf(MalformedException.class);
  }

  @Test
  void aWrapperMayNotCallTdxEvidenceSnp() {
    String td = V1.replace("vcek", "td_quote");
    assertThatThrownBy(() -> parse("{\"platform\":\"az-snp\",\"evidence\":" + td + "}"))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("az-tdx");
  }

  @Test
  void moreThanOneMebibyteIsNotLookedAt() throws MalformedException {
    String spaces = " ".repeat(AzureCvmEvidence.MAX_SIZE - V1.length());
    assertThat(parse(V1 + spaces)).isEqualTo(parse(V1));
    assertThatThrownBy(() -> parse(V1 + spaces + " "))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("1048576");
  }

  @Test
  void aMessageNeverRepeatsTheInput() {
    assertThatThrownBy(() -> parse(V1.replace("\"vcek\"", "\"\u001b[31mevil\"")))
        .isInstanceOf(MalformedException.class)
        .hasMessageNotContaining("evil");
  }

  @Test
  void aQuoteHas24PcrsOf32Bytes() {
    Bytes value = Bytes.zeros(32);
    for (List<Bytes> pcrs :
        List.of(
            Collections.nCopies(23, value),
            Collections.nCopies(25, value),
            Collections.nCopies(24, Bytes.zeros(20)))) {
      assertThatThrownBy(() -> new Quote(Bytes.empty(), Bytes.empty(), pcrs))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void theFormV0KnowsNoTdQuote() {
    assertThatThrownBy(() -> evidence(Form.V0, false, new TdQuote(Bytes.empty())))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"snp-milan-v0", "snp-milan-v1", "snp-genoa-v0", "tdx-v1"})
  void realEvidenceIsReadAndWritten(String name) throws MalformedException {
    AzureCvmEvidence read =
        AzureCvmEvidence.parse(Vectors.read("azure/" + name + "/evidence.json"));
    assertThat(read.hclReport().size()).isEqualTo(2600);
    assertThat(read.quote().signature().size()).isEqualTo(256);
    assertThat(read.hardware()).isInstanceOf(name.startsWith("tdx") ? TdQuote.class : Vcek.class);
    assertThat(AzureCvmEvidence.parse(read.toJson())).isEqualTo(read);
  }
}

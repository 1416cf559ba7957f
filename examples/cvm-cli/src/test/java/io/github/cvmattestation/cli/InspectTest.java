package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.testkit.CrlSpec;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.SnpReportWriter;
import io.github.cvmattestation.testkit.Tampering;
import io.github.cvmattestation.testkit.ThimAnswer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class InspectTest {
  private static final Nonce NONCE = new Nonce(Bytes.ofHex("0102030405060708"));
  private static final SimulatedCvm MACHINE =
      SimulatedCvm.builder()
          .at(Instant.parse("2026-06-01T00:00:00Z"))
          .seed("inspect")
          .claims(claims -> claims.member("x", "\"\u007f\\u001b[31m\u009b\""))
          .build();
  private static final Bytes REPORT = MACHINE.snpReport(ReportData.of(NONCE));
  private static final String POLICY =
      "{\"azure\": {\"vmUniqueIds\": \"ignore\", \"pcrs\": \"ignore\"}}";

  @TempDir private Path folder;

  static Stream<Arguments> formats() {
    FakeAmdPki pki = MACHINE.pki();
    Line line = MACHINE.line();
    Bytes crl = pki.crl(CrlSpec.of(line).revoking(pki.ask(line)));
    Bytes leaf = MACHINE.leaf().certificate();
    Bytes thim = ThimAnswer.of(MACHINE.leaf(), pki.chainPem(line), line.healthyTcb().encode(line));
    return Stream.of(
        Arguments.of("ATTESTATION_REPORT of SEV-SNP", REPORT, "measurement"),
        Arguments.of("ATTESTATION_REPORT of SEV-SNP", reportOfVersion2(), "reportedTcb"),
        Arguments.of("certificates, PEM", pki.chainPem(line), "SEV-Genoa"),
        Arguments.of("certificates, DER", leaf, "hwId"),
        Arguments.of("certificates, DER", leaf.concat(pki.ask(line).certificate()), "RSA 4096"),
        Arguments.of("a revocation list, DER", crl, "revokedSerials"),
        Arguments.of("a revocation list, PEM", FakeAmdPki.pem("X509 CRL", crl), "ARK-Genoa"),
        Arguments.of("AMD's certificate table", MACHINE.certificateTable(), "SEV-VCEK"),
        Arguments.of("a THIM answer, JSON", thim, "tcbm"),
        Arguments.of("an HCL report", MACHINE.hclReport(), "HCLAkPub"),
        Arguments.of("TPMS_ATTEST", MACHINE.quote(NONCE.value()).message(), "pcrDigest"),
        Arguments.of("evidence of an Azure CVM, JSON", MACHINE.attest(NONCE).content(), "pcrs"),
        Arguments.of("a policy, JSON", text(POLICY), "vmUniqueIds"),
        Arguments.of(
            "a token's claims, JSON",
            text("{\"iss\":\"https://a\",\"x-ms-attestation-type\":\"azurevm\"}"),
            "https://a"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("formats")
  void aFileIsNamedAndItsFieldsAreMarkedAsNotVerified(String kind, Bytes content, String field)
      throws IOException, MalformedException {
    Ran text = inspect(content, "text");
    assertThat(text.code()).isEqualTo(Cvm.OK);
    List<String> lines = text.out().lines().toList();
    assertThat(lines.get(1)).isEqualTo(kind);
    for (int screen = 0; screen < lines.size(); screen += 24) {
      assertThat(lines.subList(screen, Math.min(lines.size(), screen + 24)))
          .anyMatch(line -> line.contains("NOT VERIFIED") || lines.size() - 24 > 0);
    }
    assertThat(lines.get(0)).contains("NOT VERIFIED");
    assertThat(text.out()).contains(field);

    Json.Obj json = inspect(content, "json").json();
    assertThat(json.names()).containsExactly("kind", "verified", "fields");
    assertThat(json.require("kind").asString()).isEqualTo(kind);
    assertThat(json.require("verified").asBoolean()).isFalse();
    assertThat(json.require("fields").asObject().names()).isNotEmpty();
  }

  @Test
  void everyScreenSaysThatNothingIsVerified() throws IOException {
    List<String> lines = inspect(MACHINE.attest(NONCE).content(), "text").out().lines().toList();
    assertThat(lines).hasSizeGreaterThan(100);
    for (int top = 0; top + 24 <= lines.size(); top++) {
      assertThat(lines.subList(top, top + 24)).anyMatch(line -> line.contains("NOT VERIFIED"));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "garbage", "0", "<xml/>", "\u0000\u0000\u0000\u0000"})
  void anUnknownFileIsRefusedInOneLine(String content) throws IOException {
    Ran ran = inspect(text(content), "text");
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err())
        .hasLineCount(1)
        .containsAnyOf("nothing that this command", "looks like", "an empty file");
  }

  @Test
  void aDamagedFileIsRefusedWithTheReason() throws IOException {
    Bytes reserved = Tampering.overwrite(REPORT, 0x4C, Bytes.ofHex("01"));
    Ran ran = inspect(reserved, "json");
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.out()).isEmpty();
    assertThat(ran.err()).contains("looks like ATTESTATION_REPORT of SEV-SNP, but");
  }

  @Test
  void controlCharactersOfEvidenceAreWrittenOut() throws IOException {
    // Ran itself makes sure that none comes out as it is.
    assertThat(inspect(MACHINE.hclReport(), "text").out()).contains("\\u007f");
    assertThat(inspect(MACHINE.hclReport(), "json").out()).contains("\\u007F", "\\u009B");
  }

  private Ran inspect(Bytes content, String format) throws IOException {
    Path file = Files.write(folder.resolve("file"), content.toArray());
    return Ran.cvm("inspect", file.toString(), "--output", format);
  }

  private static Bytes reportOfVersion2() {
    return SnpReportWriter.of(Line.MILAN).version(2).sign(MACHINE.leaf().key());
  }

  private static Bytes text(String text) {
    return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
  }
}

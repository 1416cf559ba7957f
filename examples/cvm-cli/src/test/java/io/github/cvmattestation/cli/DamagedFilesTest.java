package io.github.cvmattestation.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.SimulatedCvm;
import io.github.cvmattestation.testkit.Tampering;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Exit code 1 and a reason: files that can be read but are not what they should be. */
class DamagedFilesTest {
  private static final Nonce NONCE = new Nonce(Bytes.ofHex("0102030405060708"));
  private static final SimulatedCvm MACHINE =
      SimulatedCvm.builder().at(Instant.parse("2026-06-01T00:00:00Z")).seed("files").build();
  private static final Bytes REPORT = MACHINE.snpReport(ReportData.of(NONCE));
  private static final Bytes CERTIFICATES = FakeAmdPki.pem(MACHINE.leaf().certificate());
  private static final Bytes EVIDENCE = MACHINE.attest(NONCE).content();

  @TempDir private Path folder;

  @Test
  void aSimulatedReportIsRefutedForItsRoot() throws IOException, MalformedException {
    assertThat(snp(REPORT, CERTIFICATES).codes("findings")).containsExactly("CERT_SIGNATURE");
    assertThat(snp(REPORT, MACHINE.certificateTable()).codes("findings"))
        .containsExactly("SNP_ROOT");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 671, 1183, 1185, 2000})
  void reportsOfAnotherSizeAreRefuted(int size) throws IOException, MalformedException {
    Ran ran = snp(Tampering.resize(REPORT, size), CERTIFICATES);
    assertThat(ran.codes("findings")).containsExactly("SNP_MALFORMED");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "garbage",
        "0",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "{}",
        "{\"vcekCert\": \"\", \"certificateChain\": \"\", \"tcbm\": \"00\"}",
        "[1, 2"
      })
  void garbageInsteadOfCertificatesIsRefuted(String garbage)
      throws IOException, MalformedException {
    Ran ran = snp(REPORT, Bytes.of(garbage.getBytes(StandardCharsets.US_ASCII)));
    assertThat(ran.codes("findings")).singleElement().isIn("SNP_ENDORSEMENTS", "SNP_CERTIFICATES");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{", "[]", "{}", "null", "{\"version\": 1}", "\u0000", "ÿ"})
  void garbageInsteadOfEvidenceIsRefuted(String garbage) throws IOException, MalformedException {
    Ran ran = azure(Bytes.of(garbage.getBytes(StandardCharsets.ISO_8859_1)), "--allow-replay");
    assertThat(ran.codes("findings")).containsExactly("EVIDENCE_FORMAT");
  }

  @Test
  void everyKindOfBitFlipInEvidenceIsRefuted() throws IOException, MalformedException {
    for (int bit = 0; bit < 8 * EVIDENCE.size(); bit += 1009) {
      Ran ran = azure(Tampering.flipBit(EVIDENCE, bit), "--nonce", NONCE.value().hex());
      assertThat(ran.code()).as("bit " + bit).isEqualTo(Cvm.REFUSED);
      assertThat(ran.json().require("verification").asString()).isEqualTo("refuted");
      assertThat(ran.codes("findings")).hasSize(1);
    }
  }

  @Test
  @Timeout(20)
  void filesOfAnySizeAreRefutedWithoutBeingRead() throws IOException, MalformedException {
    Path huge = folder.resolve("huge");
    try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
      file.setLength(8L << 30); // sparse
    }
    Path report = write("report", REPORT);
    Path certificates = write("certificates", CERTIFICATES);
    assertThat(codes("verify", "snp", "--report", huge, "--certs", certificates))
        .isEqualTo("[SNP_MALFORMED]");
    assertThat(codes("verify", "snp", "--report", report, "--certs", huge))
        .isEqualTo("[SNP_ENDORSEMENTS]");
    assertThat(codes("verify", "azure", "--evidence", huge, "--allow-replay"))
        .isEqualTo("[EVIDENCE_FORMAT]");
    Ran inspected = Ran.cvm("inspect", huge.toString());
    assertThat(inspected.code()).isEqualTo(Cvm.REFUSED);
  }

  @Test
  void whatIsSaidOfDamagedFilesRepeatsNothingOfThem() throws IOException {
    String hostile = "{\"version\": \"\u001b[2J\\u001b]0;owned\\u0007\"}";
    Path evidence = Files.writeString(folder.resolve("evidence"), hostile);
    for (String format : new String[] {"text", "json"}) {
      Ran ran =
          Ran.cvm(
              "verify",
              "azure",
              "--evidence",
              evidence.toString(),
              "--allow-replay",
              "--output",
              format);
      assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
      assertThat(ran.out() + ran.err()).doesNotContain("owned");
    }
  }

  @Test
  void damagedFilesAreRefusedSoonEnough() throws IOException, MalformedException {
    String deep = "[".repeat(1 << 20);
    Instant start = Instant.now();
    assertThat(azure(Bytes.of(deep.getBytes(StandardCharsets.US_ASCII)), "--allow-replay").code())
        .isEqualTo(Cvm.REFUSED);
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(5));
  }

  private Ran snp(Bytes report, Bytes certificates) throws IOException, MalformedException {
    Ran ran =
        Ran.cvm(
            "verify",
            "snp",
            "--report",
            write("report", report).toString(),
            "--certs",
            write("certificates", certificates).toString(),
            "--at",
            "2026-06-01T00:00:00Z",
            "--output",
            "json");
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    assertThat(ran.json().get("claims")).isEmpty();
    return ran;
  }

  private Ran azure(Bytes evidence, String... more) throws IOException {
    String[] args = {
      "verify", "azure", "--evidence", write("evidence", evidence).toString(), "--output", "json"
    };
    String[] all = java.util.Arrays.copyOf(args, args.length + more.length);
    System.arraycopy(more, 0, all, args.length, more.length);
    return Ran.cvm(all);
  }

  private static String codes(Object... args) throws MalformedException {
    String[] all = new String[args.length + 2];
    for (int i = 0; i < args.length; i++) {
      all[i] = args[i].toString();
    }
    all[args.length] = "--output";
    all[args.length + 1] = "json";
    Ran ran = Ran.cvm(all);
    assertThat(ran.code()).isEqualTo(Cvm.REFUSED);
    return ran.codes("findings").toString();
  }

  private Path write(String name, Bytes content) throws IOException {
    return Files.write(folder.resolve(name), content.toArray());
  }
}

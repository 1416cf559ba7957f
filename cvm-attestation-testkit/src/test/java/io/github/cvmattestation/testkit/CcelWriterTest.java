package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.cvmattestation.attestation.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;

/** Layouts written by hand from TCG PC Client Platform Firmware Profile 1.06, section 10. */
class CcelWriterTest {
  private static final Path VECTORS =
      Path.of(System.getProperty("cvm.vectors", "../../shared/vectors"));
  private static final String HEADER =
      "01000000" // pcrIndex
          + "03000000" // EV_NO_ACTION
          + "00".repeat(20) // SHA-1 digest
          + "21000000" // eventDataSize
          + "53706563204944204576656e74303300" // "Spec ID Event03"
          + "00000000" // platformClass
          + "00020002" // version 2.0, errata 0, UINTN of 64 bits
          + "01000000" // numberOfAlgorithms
          + "0c003000" // SHA-384, 48 bytes
          + "00"; // vendorInfoSize

  @Test
  void writesTheLogThatARealTdHas() throws IOException {
    Bytes real = read("ccel.bin");
    CcelWriter writer = CcelWriter.empty();
    int at = 65;
    while (number(real, at) != 0xFFFFFFFFL) {
      assertThat(number(real, at + 8)).isEqualTo(1);
      int end = at + 66 + (int) number(real, at + 62);
      writer.digested(
          number(real, at),
          number(real, at + 4),
          real.slice(at + 14, at + 62),
          real.slice(at + 66, end));
      at = end;
    }

    assertThat(writer.padded(real.size(), 0xFF).write()).isEqualTo(real);
    Bytes quote = read("quote.bin");
    for (int i = 0; i < 4; i++) {
      assertThat(writer.rtmrs().get(i)).isEqualTo(quote.slice(376 + 48 * i, 424 + 48 * i));
    }
  }

  @Test
  void writesTheTableThatARealTdHas() throws IOException {
    assertThat(CcelWriter.acpiTable(0x40000, 0xBEDBF000L)).isEqualTo(read("ccel-table.bin"));
  }

  @Test
  void everyFieldStandsAtItsOffset() throws Exception {
    Bytes data = Bytes.of("data".getBytes(UTF_8));
    CcelWriter writer =
        CcelWriter.empty()
            .event(2, CcelWriter.IPL, data)
            .event(1, CcelWriter.NO_ACTION, data)
            .separator(4)
            .padded(400, 0);

    MessageDigest sha384 = MessageDigest.getInstance("SHA-384");
    String first = Bytes.of(sha384.digest(data.toArray())).hex();
    String last = Bytes.of(sha384.digest(new byte[4])).hex();
    String expected =
        HEADER
            + ("02000000" + "0d000000" + "01000000" + "0c00" + first + "04000000" + data.hex())
            + ("01000000" + "03000000" + "01000000" + "0c00" + first + "04000000" + data.hex())
            + ("04000000" + "04000000" + "01000000" + "0c00" + last + "04000000" + "00000000");
    assertThat(writer.write().hex()).isEqualTo(expected + "00".repeat(400 - expected.length() / 2));
    assertThat(writer.rtmrs())
        .containsExactly(
            Bytes.zeros(48),
            extended(Bytes.ofHex(first)),
            Bytes.zeros(48),
            extended(Bytes.ofHex(last)));
  }

  @Test
  void otherAlgorithmsStandBesideSha384() throws Exception {
    Bytes data = Bytes.of("data".getBytes(UTF_8));
    Bytes log =
        CcelWriter.empty().algorithm(0x000B, "SHA-256").headerIndex(0).event(1, 4, data).write();

    Bytes sha256 = Bytes.of(MessageDigest.getInstance("SHA-256").digest(data.toArray()));
    assertThat(log.slice(0, 4).hex()).isEqualTo("00000000");
    assertThat(log.slice(28, 32).hex()).isEqualTo("25000000");
    assertThat(log.slice(56, 69).hex()).isEqualTo("02000000" + "0c003000" + "0b002000" + "00");
    assertThat(log.slice(77, 81).hex()).isEqualTo("02000000");
    assertThat(log.slice(131, 165).hex()).isEqualTo("0b00" + sha256.hex());
  }

  @Test
  void variablesAreDataThatTheirDigestCovers() throws Exception {
    CcelWriter writer = CcelWriter.empty().secureBoot(true);

    String data =
        "61dfe48bca93d211aa0d00e098032b8c"
            + "0a00000000000000"
            + "0100000000000000"
            + "53006500630075007200650042006f006f007400"
            + "01";
    assertThat(writer.write().hex()).endsWith("35000000" + data);
    byte[] digest = MessageDigest.getInstance("SHA-384").digest(Bytes.ofHex(data).toArray());
    assertThat(writer.rtmrs().get(0)).isEqualTo(extended(Bytes.of(digest)));
    assertThat(CcelWriter.empty().secureBoot(false).write().hex()).endsWith("7400" + "00");
  }

  @Test
  void logsCanBeBrokenInEveryWay() {
    Bytes data = Bytes.ofHex("abcd");
    assertThat(CcelWriter.empty().header(data).raw(data).write().hex()).isEqualTo("abcdabcd");
    CcelWriter other = CcelWriter.empty().measured(1, 4, Bytes.ofHex("01"), data);
    assertThat(other.rtmrs()).isEqualTo(CcelWriter.empty().event(1, 4, Bytes.ofHex("01")).rtmrs());
    assertThat(other.write().hex()).endsWith("02000000abcd");
    assertThat(CcelWriter.empty().event(5, 4, data).event(0, 4, data).rtmrs())
        .containsOnly(Bytes.zeros(48));
  }

  private static Bytes extended(Bytes digest) throws Exception {
    byte[] from = Bytes.zeros(48).concat(digest).toArray();
    return Bytes.of(MessageDigest.getInstance("SHA-384").digest(from));
  }

  private static long number(Bytes whole, int at) {
    return Long.parseLong(whole.slice(at, at + 4).reversed().hex(), 16);
  }

  private static Bytes read(String file) throws IOException {
    Path path = VECTORS.resolve("tdx/cos-113").resolve(file);
    assumeTrue(Files.exists(path), () -> "no real evidence: " + path + " is absent");
    return Bytes.of(Files.readAllBytes(path));
  }
}

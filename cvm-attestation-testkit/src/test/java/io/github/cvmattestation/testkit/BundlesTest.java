package io.github.cvmattestation.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

class BundlesTest {
  @Test
  void tableHasEntriesThenATerminatorThenTheContents() {
    Bytes table =
        AmdCertificateTableWriter.empty()
            .add(AmdCertificateTableWriter.VCEK, Bytes.ofHex("aabbcc"))
            .add(AmdCertificateTableWriter.ARK, Bytes.ofHex("dd"))
            .write();

    assertThat(table.hex())
        .isEqualTo(
            "63da758de6644564adc5f4b93be8accd"
                + "48000000"
                + "03000000"
                + "c0b406a4a803495297433fb6014cd0ae"
                + "4b000000"
                + "01000000"
                + "00".repeat(24)
                + "aabbcc"
                + "dd");
  }

  @Test
  void tableCanPointAnywhereAndLackItsEnd() {
    Bytes table =
        AmdCertificateTableWriter.empty()
            .addRaw(AmdCertificateTableWriter.VLEK, 0xFFFFFFF0L, 0x20)
            .withoutTerminator()
            .write();

    assertThat(table.hex()).isEqualTo("a8074bc2a25a483eaae639c045a0b8a1" + "f0ffffff" + "20000000");
  }

  @Test
  void thimAnswerTurnsTheTcbAround() {
    Leaf leaf = new Leaf(Bytes.ofHex("01"), EcSigningKey.p384("thim"));

    Bytes answer =
        ThimAnswer.of(leaf, FakeAmdPki.pem(Bytes.ofHex("02")), Bytes.ofHex("0300000000000873"));

    assertThat(new String(answer.toArray(), UTF_8))
        .isEqualTo(
            "{\"vcekCert\":\"-----BEGIN CERTIFICATE-----\\nAQ==\\n-----END CERTIFICATE-----\\n\","
                + "\"tcbm\":\"7308000000000003\",\"certificateChain\":"
                + "\"-----BEGIN CERTIFICATE-----\\nAg==\\n-----END CERTIFICATE-----\\n\","
                + "\"cacheControl\":\"86400\"}");
  }

  @Test
  void evidenceHasTheFormOfEachVersion() {
    SignedQuote quote = new SignedQuote(Bytes.ofHex("01ff"), Bytes.ofHex("02"), Bytes.empty());
    List<Bytes> pcrs = List.of(Bytes.ofHex("03"), Bytes.ofHex("04"));

    assertThat(CocoEvidence.v0(Bytes.ofHex("fb"), Bytes.ofHex("06"), quote, pcrs))
        .isEqualTo(
            "{\"quote\":{\"signature\":[2],\"message\":[1,255],\"pcrs\":[[3],[4]]},"
                + "\"report\":[251],"
                + "\"vcek\":\"-----BEGIN CERTIFICATE-----\\nBg==\\n-----END CERTIFICATE-----\\n\"}");
    assertThat(
            CocoEvidence.wrapped(
                "az-snp",
                CocoEvidence.versioned(2, Bytes.ofHex("fb"), Bytes.ofHex("06"), quote, pcrs)))
        .isEqualTo(
            "{\"platform\":\"az-snp\",\"evidence\":{\"version\":2,\"hcl_report\":\"-w\","
                + "\"vcek\":\"Bg\",\"tpm_quote\":{\"signature\":\"02\",\"message\":\"01ff\","
                + "\"pcrs\":[\"03\",\"04\"]}}}");
  }

  @Test
  void tamperingChangesWhatItNames() {
    Bytes whole = Bytes.ofHex("000000");

    assertThat(Tampering.flipBit(whole, 9).hex()).isEqualTo("000200");
    assertThat(Tampering.overwrite(whole, 1, Bytes.ofHex("abcd")).hex()).isEqualTo("00abcd");
    assertThat(Tampering.resize(whole, 2).hex()).isEqualTo("0000");
    assertThat(Tampering.resize(Bytes.ofHex("11"), 2).hex()).isEqualTo("1100");
    assertThat(whole.isZero()).isTrue();
  }
}

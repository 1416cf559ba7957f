package io.github.cvmattestation.snp;

import static io.github.cvmattestation.snp.Scene.NOW;
import static io.github.cvmattestation.snp.Scene.PKI;
import static io.github.cvmattestation.snp.Scene.proven;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.testkit.AmdCertificateTableWriter;
import io.github.cvmattestation.testkit.FakeAmdPki;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.ThimAnswer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The forms in which hosts hand out certificates: read strictly, and never believed. */
class BundlesTest {
  private static final Bytes UNKNOWN = Bytes.ofHex("ecae0c0f950243b1afa20ae2e0d565b6");
  private static final Bytes A = Bytes.ofHex("aaaa");
  private static final Bytes B = Bytes.ofHex("bbbbbb");
  private static final Bytes C = Bytes.ofHex("cc");

  @Test
  void aTableIsReadByItsGuids() throws MalformedException {
    Endorsements read =
        AmdCertificateTable.parse(
            AmdCertificateTableWriter.empty()
                .add(AmdCertificateTableWriter.VCEK, A)
                .add(UNKNOWN, Bytes.ofHex("0800000012345678"))
                .add(AmdCertificateTableWriter.CRL, B)
                .add(AmdCertificateTableWriter.ARK, C)
                .add(AmdCertificateTableWriter.ASK, B)
                .add(AmdCertificateTableWriter.VLEK, A)
                .write());
    assertThat(read.certificates()).containsExactly(A, C, B, A);
    assertThat(read.revocationLists()).containsExactly(B);
  }

  /** 63da758d-e664-… with its first three groups turned around is another GUID. */
  @Test
  void guidsAreInTheByteOrderOfRfc4122() throws MalformedException {
    Bytes turned = Bytes.ofHex("8d75da6364e66445adc5f4b93be8accd");
    Endorsements read =
        AmdCertificateTable.parse(AmdCertificateTableWriter.empty().add(turned, A).write());
    assertThat(read.certificates()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 24, 4096, AmdCertificateTable.MAX_SIZE})
  void aTableOfZerosIsEmpty(int size) throws MalformedException {
    Endorsements read = AmdCertificateTable.parse(Bytes.zeros(size));
    assertThat(read.certificates()).isEmpty();
    assertThat(read.revocationLists()).isEmpty();
  }

  @Test
  void bytesBetweenContentsDoNotMatter() throws MalformedException {
    Bytes table =
        AmdCertificateTableWriter.empty()
            .addRaw(AmdCertificateTableWriter.VCEK, 100, 2)
            .write()
            .concat(Bytes.zeros(100 - 48), A, Bytes.zeros(999));
    assertThat(AmdCertificateTable.parse(table).certificates()).containsExactly(A);
  }

  @Test
  void aTableThatCanBeReadInTwoWaysIsRefused() {
    Bytes vcek = AmdCertificateTableWriter.VCEK;
    Bytes ask = AmdCertificateTableWriter.ASK;
    refused("at most", Bytes.zeros(AmdCertificateTable.MAX_SIZE + 1));
    refused("GUID", table().add(vcek, A).add(vcek, B).write());
    refused("GUID", table().add(UNKNOWN, A).add(UNKNOWN, B).write());
    refused("GUID", table().add(vcek, Bytes.empty()).withoutTerminator().write());
    refused("offset", table().write().concat(vcek).slice(24, 40));
    refused("terminator", table().addRaw(Bytes.zeros(16), 1, 0).write());
    refused("terminator", table().addRaw(Bytes.zeros(16), 0, 1).write());
    // Into the header, into the terminator, past the end, and of no size.
    refused("apart", table().addRaw(vcek, 0, 4).write().concat(A));
    refused("apart", table().addRaw(vcek, 47, 2).write().concat(A));
    refused("apart", table().addRaw(vcek, 48, 3).write().concat(A));
    refused("apart", table().addRaw(vcek, 50, 1).write().concat(A));
    refused("apart", table().addRaw(vcek, 48, 0).write().concat(A));
    refused("apart", table().addRaw(vcek, 0xFFFFFFFFL, 2).write().concat(A));
    refused("apart", table().addRaw(vcek, 48, 0xFFFFFFFFL).write().concat(A));
    refused("apart", table().addRaw(UNKNOWN, 48, 99).write().concat(A));
    // Two contents that share bytes.
    refused("apart", table().addRaw(vcek, 72, 2).addRaw(ask, 73, 2).write().concat(B));
    refused("apart", table().addRaw(vcek, 72, 3).addRaw(ask, 73, 1).write().concat(B));
    refused("apart", table().addRaw(vcek, 72, 3).addRaw(ask, 72, 3).write().concat(B));
  }

  @Test
  void contentsMayTouch() throws MalformedException {
    Bytes table =
        table()
            .addRaw(AmdCertificateTableWriter.ASK, 74, 1)
            .addRaw(AmdCertificateTableWriter.VCEK, 72, 2)
            .write()
            .concat(B);
    assertThat(AmdCertificateTable.parse(table).certificates())
        .containsExactly(B.slice(2, 3), B.slice(0, 2));
  }

  @Test
  void aReportIsVerifiedWithEveryFormOfBundle() {
    SnpVerifier verifier = Scene.verifier().build();
    for (Line line : Line.values()) {
      Scene scene = Scene.vcek(line);
      Bytes leaf = scene.leaf().certificate();
      Bytes ask = PKI.ask(line).certificate();
      Bytes ark = PKI.ark(line).certificate();
      Bytes table =
          table()
              .add(AmdCertificateTableWriter.ARK, FakeAmdPki.pem(ark))
              .add(AmdCertificateTableWriter.VCEK, leaf)
              .add(AmdCertificateTableWriter.ASK, ask)
              .write();
      Bytes thim = ThimAnswer.of(scene.leaf(), PKI.chainPem(line), line.healthyTcb().encode(line));
      Bytes windows =
          Bytes.of(
              (text(FakeAmdPki.pem(leaf, ask, ark)).replace("\n", "\r\n") + "\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      for (List<Bytes> bundles :
          List.of(
              List.of(table),
              List.of(thim),
              List.of(windows),
              List.of(ark.concat(leaf, ask)),
              List.of(FakeAmdPki.pem(ask, leaf)),
              List.of(Bytes.zeros(4096), leaf, Bytes.empty(), PKI.chainPem(line)),
              List.of(table, thim),
              List.of(leaf))) {
        proven(
            verifier.verifyWithoutFreshness(
                scene.report(), new Endorsements(bundles, List.of(Scene.crl(line))), NOW));
      }
    }
  }

  @Test
  void sixtyFourCertificatesAreReadAndNotOneMore() {
    Scene scene = Scene.vcek(Line.MILAN);
    for (int i = 0; i < 61; i++) { // leaf, ASK and ARK are there already
      scene.alsoSend(PKI.ark(Line.MILAN).certificate());
    }
    proven(scene.verify());
    scene.alsoSend(PKI.ark(Line.MILAN).certificate());
    Scene.assertRefuted(scene.verify(), SnpFinding.SNP_ENDORSEMENTS, "64");
  }

  @Test
  void listsInTablesCountLikeCertificates() {
    Scene scene = Scene.vcek(Line.MILAN);
    Bytes table = table().add(AmdCertificateTableWriter.CRL, Scene.crl(Line.MILAN)).write();
    for (int i = 0; i < 61; i++) {
      scene.alsoSend(table);
    }
    proven(scene.verify());
    Scene.assertRefuted(scene.alsoSend(table).verify(), SnpFinding.SNP_ENDORSEMENTS, "64");
  }

  @Test
  void thimsAnswerIsRead() throws MalformedException {
    Bytes pem = PKI.chainPem(Line.MILAN);
    Bytes tcb = Line.MILAN.healthyTcb().encode(Line.MILAN);
    ThimCertification read = ThimCertification.parse(ThimAnswer.of(PKI.vcek(Line.MILAN), pem, tcb));
    assertThat(read.chain()).isEqualTo(pem);
    assertThat(read.tcbm()).isEqualTo(tcb.reversed());
    assertThat(read.toEndorsements().certificates()).containsExactly(read.vcek(), pem);
    assertThat(read.toEndorsements().revocationLists()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "[]",
        "{\"vcekCert\":\"a\",\"certificateChain\":\"b\"}",
        "{\"vcekCert\":\"a\",\"tcbm\":\"0000000000000000\"}",
        "{\"certificateChain\":\"b\",\"tcbm\":\"0000000000000000\"}",
        "{\"vcekCert\":\"a\",\"certificateChain\":\"b\",\"tcbm\":\"00000000000000\"}",
        "{\"vcekCert\":\"a\",\"certificateChain\":\"b\",\"tcbm\":\"000000000000000000\"}",
        "{\"vcekCert\":\"a\",\"certificateChain\":\"b\",\"tcbm\":\"zz00000000000000\"}",
        "{\"vcekCert\":\"a\",\"certificateChain\":\"b\",\"tcbm\":0}",
        "{\"vcekCert\":1,\"certificateChain\":\"b\",\"tcbm\":\"0000000000000000\"}",
        "{\"vcekCert\":\"a\",\"certificateChain\":[\"b\"],\"tcbm\":\"0000000000000000\"}",
        "{\"vcekCert\":\"a\",\"vcekCert\":\"c\",\"certificateChain\":\"b\",\"tcbm\":\"0000000000000000\"}",
        "{\"vcekCert\":\"a\",\"certificateChain\":\"b\",\"tcbm\":\"0000000000000000\"}x"
      })
  void anAnswerThatIsNotThimsIsRefused(String json) {
    assertThatThrownBy(
            () -> ThimCertification.parse(Bytes.of(json.getBytes(StandardCharsets.UTF_8))))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void anAnswerOfMoreThan64KibIsRefused() {
    String json =
        "{\"vcekCert\":\"a\",\"certificateChain\":\"b\",\"tcbm\":\"0000000000000000\"}"
            + " ".repeat(64 << 10);
    assertThatThrownBy(
            () -> ThimCertification.parse(Bytes.of(json.getBytes(StandardCharsets.UTF_8))))
        .isInstanceOf(MalformedException.class);
  }

  private static AmdCertificateTableWriter table() {
    return AmdCertificateTableWriter.empty();
  }

  private static void refused(String says, Bytes table) {
    assertThatThrownBy(() -> AmdCertificateTable.parse(table))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining(says);
  }

  private static String text(Bytes bytes) {
    return new String(bytes.toArray(), StandardCharsets.US_ASCII);
  }
}

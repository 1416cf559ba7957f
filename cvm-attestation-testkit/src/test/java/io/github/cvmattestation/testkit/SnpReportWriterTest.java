package io.github.cvmattestation.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ReportData;
import java.security.KeyFactory;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Offsets and sizes written by hand from AMD 56860, section 7.3, Table 23. */
class SnpReportWriterTest {
  private final EcSigningKey key = EcSigningKey.p384("report test");

  @Test
  void everyFieldStandsAtItsOffset() {
    Bytes report =
        SnpReportWriter.of(Line.MILAN)
            .version(5)
            .guestSvn(0x01020304L)
            .policy(0x0807060504030201L)
            .familyId(filled(16, 0x11))
            .imageId(filled(16, 0x12))
            .vmpl(0xFFFFFFFFL)
            .signatureAlgorithm(0x21222324L)
            .currentTcb(new Tcb(0xEE, 1, 2, 3, 4))
            .platformInfo(0x3132333435363738L)
            .signerInfo(0x41424344L)
            .reportData(new ReportData(filled(64, 0x13)))
            .measurement(filled(48, 0x14))
            .hostData(filled(32, 0x15))
            .idKeyDigest(filled(48, 0x16))
            .authorKeyDigest(filled(48, 0x17))
            .reportId(filled(32, 0x18))
            .reportIdMa(filled(32, 0x19))
            .reportedTcb(new Tcb(0xEE, 5, 6, 7, 8))
            .cpuid(Bytes.ofHex("515253"))
            .chipId(filled(64, 0x1A))
            .committedTcb(new Tcb(0xEE, 9, 10, 11, 12))
            .currentVersion(1, 55, 40)
            .committedVersion(2, 56, 41)
            .launchTcb(new Tcb(0xEE, 13, 14, 15, 16))
            .launchMitigationVector(0x6162636465666768L)
            .currentMitigationVector(0x7172737475767778L)
            .unsigned();

    String signed =
        "05000000" // 000 VERSION
            + "04030201" // 004 GUEST_SVN
            + "0102030405060708" // 008 POLICY
            + "11".repeat(16) // 010 FAMILY_ID
            + "12".repeat(16) // 020 IMAGE_ID
            + "ffffffff" // 030 VMPL
            + "24232221" // 034 SIGNATURE_ALGO
            + "0102000000000304" // 038 CURRENT_TCB
            + "3837363534333231" // 040 PLATFORM_INFO
            + "44434241" // 048 AUTHOR_KEY_EN, MASK_CHIP_KEY, SIGNING_KEY
            + "00000000" // 04C
            + "13".repeat(64) // 050 REPORT_DATA
            + "14".repeat(48) // 090 MEASUREMENT
            + "15".repeat(32) // 0C0 HOST_DATA
            + "16".repeat(48) // 0E0 ID_KEY_DIGEST
            + "17".repeat(48) // 110 AUTHOR_KEY_DIGEST
            + "18".repeat(32) // 140 REPORT_ID
            + "19".repeat(32) // 160 REPORT_ID_MA
            + "0506000000000708" // 180 REPORTED_TCB
            + "515253" // 188 CPUID_FAM_ID, CPUID_MOD_ID, CPUID_STEP
            + "00".repeat(21) // 18B
            + "1a".repeat(64) // 1A0 CHIP_ID
            + "090a000000000b0c" // 1E0 COMMITTED_TCB
            + "28370100" // 1E8 CURRENT_BUILD, _MINOR, _MAJOR
            + "29380200" // 1EC COMMITTED_BUILD, _MINOR, _MAJOR
            + "0d0e000000000f10" // 1F0 LAUNCH_TCB
            + "6867666564636261" // 1F8 LAUNCH_MIT_VECTOR
            + "7877767574737271" // 200 CURRENT_MIT_VECTOR
            + "00".repeat(152); // 208
    assertThat(signed).hasSize(2 * 0x2A0);
    assertThat(report.hex()).isEqualTo(signed + "00".repeat(512));
  }

  @Test
  void turinLaysItsTcbOutDifferently() {
    Bytes report = SnpReportWriter.of(Line.TURIN).tcb(new Tcb(1, 2, 3, 4, 5)).unsigned();

    for (int offset : new int[] {0x038, 0x180, 0x1E0, 0x1F0}) {
      assertThat(report.slice(offset, offset + 8).hex()).isEqualTo("0102030400000005");
    }
    assertThat(report.slice(0x1A8, 0x1E0).isZero()).isTrue();
    assertThat(report.slice(0x1A0, 0x1A8).isZero()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  void cpuidBeginsWithVersionThree(int version) {
    Bytes report = SnpReportWriter.of(Line.GENOA).version(version).unsigned();

    assertThat(report.slice(0, 4).hex()).isEqualTo("0" + version + "000000");
    assertThat(report.slice(0x188, 0x18B).hex()).isEqualTo(version == 2 ? "000000" : "191101");
    assertThat(report.slice(0x18B, 0x1A0).isZero()).isTrue();
    assertThat(report.get(0x40)).isEqualTo(version == 2 ? 0x07 : 0x27);
  }

  @ParameterizedTest
  @EnumSource(Line.class)
  void signatureIsEcdsaOverTheFirst672Bytes(Line line) throws Exception {
    Bytes report = SnpReportWriter.of(line).sign(key);

    assertThat(report.size()).isEqualTo(1184);
    assertThat(report.slice(0x2A0 + 48, 0x2E8).isZero()).isTrue();
    assertThat(report.slice(0x2E8 + 48, 0x330).isZero()).isTrue();
    assertThat(report.slice(0x330, 0x4A0).isZero()).isTrue();
    assertThat(holds(report)).isTrue();
  }

  @Test
  void patchesBeforeTheSignatureAreSigned() throws Exception {
    Bytes report = SnpReportWriter.of(Line.MILAN).patch(0x18B, Bytes.ofHex("01")).sign(key);

    assertThat(report.get(0x18B)).isEqualTo(1);
    assertThat(holds(report)).isTrue();
  }

  @Test
  void patchesBehindTheSignatureStay() throws Exception {
    Bytes report = SnpReportWriter.of(Line.MILAN).patch(0x49F, Bytes.ofHex("01")).sign(key);

    assertThat(report.get(0x49F)).isEqualTo(1);
    assertThat(holds(report)).isTrue();
  }

  @Test
  void anyReportCanBeSignedAgain() throws Exception {
    Bytes report = SnpReportWriter.of(Line.MILAN).sign(EcSigningKey.p384("another"));

    assertThat(holds(report)).isFalse();
    assertThat(holds(SnpReportWriter.resign(report, key))).isTrue();
  }

  @Test
  void vlekReportsNameTheirKeyAndHideTheChip() {
    Bytes report = SnpReportWriter.of(Line.MILAN).signedWithVlek().unsigned();

    assertThat(report.slice(0x48, 0x4C).hex()).isEqualTo("04000000");
    assertThat(report.slice(0x1A0, 0x1E0).isZero()).isTrue();
  }

  @Test
  void wrongSizesAreRefused() {
    SnpReportWriter writer = SnpReportWriter.of(Line.MILAN);

    assertThatThrownBy(() -> writer.measurement(Bytes.zeros(47)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> writer.withSignature(Bytes.zeros(48), Bytes.zeros(48)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private boolean holds(Bytes report) throws Exception {
    Signature signature = Signature.getInstance("SHA384withECDSAinP1363Format");
    signature.initVerify(
        KeyFactory.getInstance("EC")
            .generatePublic(new X509EncodedKeySpec(key.subjectPublicKeyInfo().toArray())));
    signature.update(report.slice(0, 0x2A0).toArray());
    Bytes r = report.slice(0x2A0, 0x2D0).reversed();
    Bytes s = report.slice(0x2E8, 0x318).reversed();
    return signature.verify(r.concat(s).toArray());
  }

  private static Bytes filled(int size, int value) {
    return Bytes.ofHex("%02x".formatted(value).repeat(size));
  }
}

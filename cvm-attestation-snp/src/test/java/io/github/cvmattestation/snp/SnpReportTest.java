package io.github.cvmattestation.snp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.SnpReportWriter;
import io.github.cvmattestation.testkit.Tampering;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** ATTESTATION_REPORT byte by byte: what is reserved is zero in every version (table 23). */
class SnpReportTest {
  /** MBZ in every version, per AMD 56860, table 23; the tail and the paddings are unsigned. */
  private static final int[][] RESERVED = {
    {0x04C, 4},
    {0x18B, 21},
    {0x1EB, 1},
    {0x1EF, 1},
    {0x208, 152},
    {0x2D0, 24},
    {0x318, 24},
    {0x330, 368}
  };

  /** Whose values are checked one by one: VERSION, POLICY, VMPL, SIGNATURE_ALGO, SIGNER_INFO. */
  private static final int[][] RESTRICTED = {
    {0x000, 4}, {0x008, 8}, {0x030, 4}, {0x034, 4}, {0x048, 4}
  };

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  void exactlyTheReservedBytesMustBeZero(int version) {
    BitSet expected = bytes(RESERVED);
    if (version < 3) {
      expected.set(0x188, 0x18B);
    }
    if (version < 4) {
      expected.set(0x1F8, 0x208);
    }
    BitSet restricted = bytes(RESTRICTED);
    Bytes report = SnpReportWriter.of(Line.MILAN).version(version).unsigned();
    assertThatCode(() -> SnpReport.parse(report)).doesNotThrowAnyException();
    for (int at = 0; at < SnpReport.SIZE; at++) {
      if (restricted.get(at)) {
        continue;
      }
      for (int bit = 0; bit < 8; bit++) {
        Bytes changed = Tampering.flipBit(report, 8 * at + bit);
        assertThat(refused(changed)).as("byte %03x bit %d", at, bit).isEqualTo(expected.get(at));
      }
    }
  }

  @Test
  void theFieldsOfASignatureAreCutWhereTheyStand() throws MalformedException {
    Bytes r = Bytes.ofHex("01".repeat(48) + "00".repeat(24));
    Bytes s = Bytes.ofHex("02".repeat(48) + "00".repeat(24));
    SnpReport report = SnpReport.parse(SnpReportWriter.of(Line.MILAN).withSignature(r, s));
    assertThat(report.signatureR()).isEqualTo(r.slice(0, 48));
    assertThat(report.signatureS()).isEqualTo(s.slice(0, 48));
    assertThat(report.signedBytes().size()).isEqualTo(672);
  }

  @Test
  void onlyTheNumberFFFFFFFFMeansTheHost() throws MalformedException {
    SnpReportWriter writer = SnpReportWriter.of(Line.MILAN);
    for (int vmpl = 0; vmpl < 4; vmpl++) {
      SnpReport report = SnpReport.parse(writer.vmpl(vmpl).unsigned());
      assertThat(report.vmpl()).isEqualTo(vmpl);
      assertThat(report.isHostRequested()).isFalse();
    }
    assertThat(SnpReport.parse(writer.vmpl(0xFFFFFFFFL).unsigned()).isHostRequested()).isTrue();
  }

  @Test
  void signerInfoIsReadBitByBit() throws MalformedException {
    SnpReportWriter writer = SnpReportWriter.of(Line.MILAN);
    assertThat(SnpReport.parse(writer.signerInfo(0b00001).unsigned()).signerInfo())
        .isEqualTo(new SignerInfo(true, false, SignerInfo.SigningKey.VCEK));
    assertThat(SnpReport.parse(writer.signerInfo(0b00010).unsigned()).signerInfo())
        .isEqualTo(new SignerInfo(false, true, SignerInfo.SigningKey.VCEK));
    assertThat(SnpReport.parse(writer.signerInfo(0b00100).unsigned()).signerInfo())
        .isEqualTo(new SignerInfo(false, false, SignerInfo.SigningKey.VLEK));
    assertThat(SnpReport.parse(writer.signerInfo(0b11111).unsigned()).signerInfo())
        .isEqualTo(new SignerInfo(true, true, SignerInfo.SigningKey.UNSIGNED));
  }

  @Test
  void theMessageNamesThePlaceAndNotTheContent() {
    Bytes report = SnpReportWriter.of(Line.MILAN).patch(0x4C, Bytes.ofHex("deadbeef")).unsigned();
    assertThatThrownBy(() -> SnpReport.parse(report))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("ATTESTATION_REPORT at bytes 76 to 79")
        .hasMessageNotContaining("deadbeef");
  }

  private static boolean refused(Bytes report) {
    try {
      SnpReport.parse(report);
      return false;
    } catch (MalformedException e) {
      return true;
    }
  }

  private static BitSet bytes(int[][] ranges) {
    BitSet set = new BitSet();
    for (int[] range : ranges) {
      set.set(range[0], range[0] + range[1]);
    }
    return set;
  }
}

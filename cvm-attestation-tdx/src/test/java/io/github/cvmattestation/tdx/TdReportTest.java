package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.testkit.Tampering;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** TDREPORT_STRUCT byte by byte, and held against the quote that is made from it. */
class TdReportTest {
  /** Reserved in every version: REPORTTYPE, REPORTMACSTRUCT, TEE_TCB_INFO, TDREPORT_STRUCT. */
  private static final int[][] RESERVED = {{3, 13}, {192, 32}, {400, 95}, {495, 17}};

  /** TDINFO_STRUCT's last 64 bytes in version 3: after TD_ID, after VMID. */
  private static final int[][] RESERVED_IN_3 = {{992, 24}, {1017, 3}};

  static Stream<RawReport> versions() {
    return Stream.of(RawReport.v0(), RawReport.v1(), RawReport.v3());
  }

  @ParameterizedTest
  @MethodSource("versions")
  void everyFieldIsCutWhereItStands(RawReport raw) throws MalformedException {
    Bytes bytes = raw.encode();
    TdReport report = TdReport.parse(bytes);
    assertThat(report.raw()).isEqualTo(bytes);
    assertThat(report.version()).isEqualTo(raw.version);
    assertThat(report.cpuSvn()).isEqualTo(bytes.slice(16, 32));
    assertThat(report.teeTcbInfoHash()).isEqualTo(bytes.slice(32, 80));
    assertThat(report.tdInfoHash()).isEqualTo(bytes.slice(80, 128));
    assertThat(report.reportData()).isEqualTo(bytes.slice(128, 192));
    assertThat(report.mac()).isEqualTo(bytes.slice(224, 256));
    assertThat(report.teeTcbInfo())
        .isEqualTo(
            new TdReport.TeeTcbInfo(
                raw.valid,
                bytes.slice(264, 280),
                bytes.slice(280, 328),
                bytes.slice(328, 376),
                bytes.slice(376, 384),
                bytes.slice(384, 400)));
    TdReport.TdInfo td = report.tdInfo();
    assertThat(td.attributes().bytes()).isEqualTo(bytes.slice(512, 520));
    assertThat(td.xfam().bytes()).isEqualTo(bytes.slice(520, 528));
    assertThat(td.mrTd()).isEqualTo(bytes.slice(528, 576));
    assertThat(td.mrConfigId()).isEqualTo(bytes.slice(576, 624));
    assertThat(td.mrOwner()).isEqualTo(bytes.slice(624, 672));
    assertThat(td.mrOwnerConfig()).isEqualTo(bytes.slice(672, 720));
    assertThat(td.rtmrs())
        .isEqualTo(
            List.of(
                bytes.slice(720, 768),
                bytes.slice(768, 816),
                bytes.slice(816, 864),
                bytes.slice(864, 912)));
    assertThat(td.serviceTdHash()).isEqualTo(bytes.slice(912, 960));
    assertThat(td.extension())
        .isEqualTo(
            raw.version == 3
                ? Optional.of(new TdReport.Extension(bytes.slice(960, 992), 2, 0x301))
                : Optional.empty());
    assertThat(report.wrongHash()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void exactlyTheReservedBytesMustBeZero(RawReport raw) {
    BitSet expected = bytes(RESERVED);
    expected.or(raw.version == 3 ? bytes(RESERVED_IN_3) : bytes(new int[][] {{960, 64}}));
    if (raw.version == 0) {
      expected.set(912, 960);
    }
    Bytes report = raw.encode();
    // The type has a test of its own.
    for (int at = 3; at < TdReport.SIZE; at++) {
      for (int bit = 0; bit < 8; bit++) {
        Bytes changed = Tampering.flipBit(report, 8 * at + bit);
        assertThat(refused(changed)).as("byte %d bit %d", at, bit).isEqualTo(expected.get(at));
      }
    }
  }

  @Test
  void onlyTypesSubtypesAndVersionsThatAreKnownAreRead() {
    Bytes report = RawReport.v0().encode();
    for (int value = 0; value < 256; value++) {
      Bytes octet = Bytes.of((byte) value);
      assertThat(refused(Tampering.overwrite(report, 0, octet))).isEqualTo(value != 0x81);
      assertThat(refused(Tampering.overwrite(report, 1, octet))).isEqualTo(value != 0);
      assertThat(refused(Tampering.overwrite(report, 2, octet)))
          .isEqualTo(value != 0 && value != 1 && value != 3);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1023, 1025, 1184, 2048})
  void aReportHas1024Bytes(int size) {
    Bytes resized = Tampering.resize(RawReport.v0().encode(), size);
    assertThatThrownBy(() -> TdReport.parse(resized))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("1024");
  }

  @ParameterizedTest
  @MethodSource("versions")
  void aByteThatAHashCoversBreaksThatHash(RawReport raw) throws MalformedException {
    Bytes report = raw.encode();
    for (int at = 4; at < TdReport.SIZE; at++) {
      Bytes changed = Tampering.flipBit(report, 8 * at);
      if (refused(changed)) {
        continue;
      }
      boolean module = (at >= 32 && at < 80) || (at >= 256 && at < 495);
      boolean td = (at >= 80 && at < 128) || at >= 512;
      assertThat(TdReport.parse(changed).wrongHash())
          .as("byte %d", at)
          .isEqualTo(
              module
                  ? Optional.of("TEE_TCB_INFO_HASH")
                  : td ? Optional.of("TEE_INFO_HASH") : Optional.empty());
    }
  }

  static Stream<Arguments> reportsAndBodies() {
    return versions().flatMap(raw -> Stream.of(2, 3, 4).map(type -> Arguments.of(raw, type)));
  }

  @ParameterizedTest
  @MethodSource("reportsAndBodies")
  void theQuoteMadeFromAReportAgreesWithIt(RawReport raw, int type) throws MalformedException {
    TdReport report = TdReport.parse(raw.encode());
    TdQuoteBody body = TdQuoteBody.parse(raw.quoteBody(type));
    assertThat(report.firstDifference(body)).isEmpty();
    assertThat(report.agreesWith(body)).isTrue();
  }

  /** Where each field of a body begins; none for those that a TDREPORT does not have. */
  private static final TreeMap<Integer, Optional<String>> FIELDS = new TreeMap<>();

  static {
    String[] names = {
      "0 TEE_TCB_SVN",
      "16 MRSEAM",
      "64 MRSIGNERSEAM",
      "112 SEAMATTRIBUTES",
      "120 TDATTRIBUTES",
      "128 XFAM",
      "136 MRTD",
      "184 MRCONFIGID",
      "232 MROWNER",
      "280 MROWNERCONFIG",
      "328 RTMR0",
      "376 RTMR1",
      "424 RTMR2",
      "472 RTMR3",
      "520 REPORTDATA",
      "584 TEE_TCB_SVN_2",
      "600 MRSERVICETD",
      "648 VMID",
      "649 TD_ID"
    };
    for (String name : names) {
      String[] parts = name.split(" ");
      FIELDS.put(Integer.valueOf(parts[0]), Optional.of(parts[1]));
    }
    FIELDS.put(681, Optional.empty());
  }

  @ParameterizedTest
  @MethodSource("reportsAndBodies")
  void everyBitOfTheQuoteThatTheReportHasIsCompared(RawReport raw, int type)
      throws MalformedException {
    TdReport report = TdReport.parse(raw.encode());
    Bytes genuine = raw.quoteBody(type);
    for (int bit = 0; bit < 8 * genuine.size(); bit++) {
      TdQuoteBody body = TdQuoteBody.parse(Tampering.flipBit(genuine, bit));
      Optional<String> expected = FIELDS.floorEntry(bit / 8).getValue();
      assertThat(report.firstDifference(body).map(TdReport.Difference::field))
          .as("byte %d", bit / 8)
          .isEqualTo(expected);
      assertThat(report.agreesWith(body)).isEqualTo(expected.isEmpty());
    }
  }

  @Test
  void theFirstOfSeveralDifferencesIsNamedWithBothValues() throws MalformedException {
    RawReport raw = RawReport.v0();
    TdReport report = TdReport.parse(raw.encode());
    Bytes body = raw.quoteBody(2);
    Bytes changed = Tampering.flipBit(Tampering.flipBit(body, 8 * 520), 8 * 136);
    assertThat(report.firstDifference(TdQuoteBody.parse(changed)))
        .contains(new TdReport.Difference("MRTD", body.slice(136, 184), changed.slice(136, 184)));
  }

  @Test
  void aReportWithoutExtensionHasNoTdId() throws MalformedException {
    RawReport raw = RawReport.v1();
    TdReport report = TdReport.parse(raw.encode());
    raw.extension = RawReport.v3().extension;
    TdQuoteBody body = TdQuoteBody.parse(raw.quoteBody(4));
    assertThat(report.firstDifference(body).map(TdReport.Difference::field)).contains("VMID");
  }

  private static boolean refused(Bytes report) {
    try {
      TdReport.parse(report);
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

package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.internal.HclFormat;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class HclReportTest {
  private static final byte[] TD_SLOT = new byte[1184];

  static {
    TD_SLOT[0] = (byte) 0x81;
  }

  private static HclBuilder tdx() {
    return new HclBuilder().reportType(4).slot(TD_SLOT);
  }

  private static FindingCode refusal(Bytes index) {
    return catchThrowableOfType(RefutedException.class, () -> HclFormat.read(index))
        .finding()
        .code();
  }

  @Test
  void everyFieldIsRead() throws MalformedException {
    HclReport report = HclReport.parse(new HclBuilder().claims("{\"a\":1}").build());
    assertThat(report.version()).isEqualTo(2);
    assertThat(report.reportType()).isEqualTo(HclReport.ReportType.SNP);
    assertThat(report.hashType()).isEqualTo(HclReport.HashType.SHA_256);
    assertThat(report.hardwareReport().size()).isEqualTo(1184);
    assertThat(report.unverifiedClaims()).isEqualTo(Bytes.of("{\"a\":1}".getBytes()));
  }

  @Test
  void aTdReportIsCutToItsSize() throws MalformedException {
    HclReport report = HclReport.parse(tdx().version(1).build());
    assertThat(report.version()).isEqualTo(1);
    assertThat(report.reportType()).isEqualTo(HclReport.ReportType.TDX);
    assertThat(report.hardwareReport().size()).isEqualTo(1024);
  }

  @ParameterizedTest
  @ValueSource(ints = {2048, 2600, 2900})
  void everyKnownIndexSizeIsRead(int size) throws MalformedException {
    assertThat(HclReport.parse(new HclBuilder().indexSize(size).build()).version()).isEqualTo(2);
  }

  @Test
  void claimsMayFillTheIndexToItsEnd() throws MalformedException {
    String claims = "{" + " ".repeat(2048 - 1236 - 2) + "}";
    assertThat(HclReport.parse(new HclBuilder().claims(claims).indexSize(2048).build()))
        .extracting(report -> report.unverifiedClaims().size())
        .isEqualTo(claims.length());
  }

  static Stream<Arguments> damagedHeaders() {
    return Stream.of(
        Arguments.of("signature", new HclBuilder().signature("HCLB"), AzureFinding.RUNTIME_FORMAT),
        Arguments.of("version 0", new HclBuilder().version(0), AzureFinding.RUNTIME_FORMAT),
        Arguments.of("version 3", new HclBuilder().version(3), AzureFinding.RUNTIME_FORMAT),
        Arguments.of("version -1", new HclBuilder().version(-1), AzureFinding.RUNTIME_FORMAT),
        Arguments.of("key release", new HclBuilder().requestType(1), AzureFinding.RUNTIME_FORMAT),
        Arguments.of("wrapped key", new HclBuilder().requestType(3), AzureFinding.RUNTIME_FORMAT),
        Arguments.of("status", new HclBuilder().status(1), AzureFinding.RUNTIME_FORMAT),
        Arguments.of("reserved", new HclBuilder().reserved(1 << 24), AzureFinding.RUNTIME_FORMAT),
        Arguments.of("request v2", new HclBuilder().requestVersion(2), AzureFinding.RUNTIME_FORMAT),
        Arguments.of("VBS", new HclBuilder().reportType(1), AzureFinding.AZURE_TEE),
        Arguments.of("TVM", new HclBuilder().reportType(3), AzureFinding.AZURE_TEE),
        Arguments.of("CCA", new HclBuilder().reportType(5), AzureFinding.AZURE_TEE),
        Arguments.of("type 2^32-1", new HclBuilder().reportType(-1), AzureFinding.AZURE_TEE),
        Arguments.of("report_size", new HclBuilder().reportSizeOff(1), AzureFinding.RUNTIME_LENGTH),
        Arguments.of("data_size", new HclBuilder().dataSizeOff(-1), AzureFinding.RUNTIME_LENGTH),
        Arguments.of("last byte", new HclBuilder().lastByte(1), AzureFinding.RUNTIME_LENGTH),
        Arguments.of("no claims", new HclBuilder().claims(""), AzureFinding.RUNTIME_LENGTH));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("damagedHeaders")
  void aHeaderThatAParavisorDoesNotWriteIsRefused(String what, HclBuilder hcl, AzureFinding code) {
    assertThat(refusal(hcl.build())).isEqualTo(code);
    assertThatThrownBy(() -> HclReport.parse(hcl.build())).isInstanceOf(MalformedException.class);
  }

  @Test
  void reportTypesThatAreNotVerifiedAreNamed() {
    assertThatThrownBy(() -> HclFormat.read(new HclBuilder().reportType(1).build()))
        .hasMessageContaining("VBS (1)");
    assertThatThrownBy(() -> HclFormat.read(new HclBuilder().reportType(3).build()))
        .hasMessageContaining("TVM (3)");
    assertThatThrownBy(() -> HclFormat.read(new HclBuilder().reportType(5).build()))
        .hasMessageContaining("CCA (5)");
  }

  // Case 54.
  @Test
  void aVariableSizeThatReachesIntoThePaddingIsRefused() {
    Bytes alone = new HclBuilder().claimsSizeOff(4).build();
    Bytes withItsSizes = new HclBuilder().claimsSizeOff(4).dataSizeOff(4).reportSizeOff(4).build();
    assertThat(refusal(alone)).isEqualTo(AzureFinding.RUNTIME_LENGTH);
    assertThat(refusal(withItsSizes)).isEqualTo(AzureFinding.RUNTIME_LENGTH);
  }

  @Test
  void aVariableSizeBeyondTheIndexIsRefusedWithoutAllocation() {
    for (int off : new int[] {2000, Integer.MAX_VALUE, -5000}) {
      HclBuilder hcl = new HclBuilder().claimsSizeOff(off).dataSizeOff(off).reportSizeOff(off);
      assertThat(refusal(hcl.build())).isEqualTo(AzureFinding.RUNTIME_LENGTH);
    }
  }

  // Case 55.
  @Test
  void aTdReportLabelledSnpIsRefused() {
    assertThat(refusal(new HclBuilder().slot(TD_SLOT).build()))
        .isEqualTo(AzureFinding.RUNTIME_TYPE);
  }

  @Test
  void anSnpReportLabelledTdxIsRefused() {
    assertThat(refusal(new HclBuilder().reportType(4).build()))
        .isEqualTo(AzureFinding.RUNTIME_TYPE);
  }

  @Test
  void bytesBehindATdReportAreRefused() {
    byte[] slot = TD_SLOT.clone();
    slot[1024] = 1;
    assertThat(refusal(tdx().slot(slot).build())).isEqualTo(AzureFinding.RUNTIME_TYPE);
    slot[1024] = 0;
    slot[1183] = 1;
    assertThat(refusal(tdx().slot(slot).build())).isEqualTo(AzureFinding.RUNTIME_TYPE);
  }

  static IntStream strangeSnpVersions() {
    return IntStream.of(0, 1, 6, 0x81, 0x0102, 0x02000002);
  }

  @ParameterizedTest
  @MethodSource("strangeSnpVersions")
  void aSlotThatBeginsLikeNoSnpReportIsRefused(int version) {
    byte[] slot = new byte[1184];
    for (int i = 0; i < 4; i++) {
      slot[i] = (byte) (version >>> 8 * i);
    }
    assertThat(refusal(new HclBuilder().slot(slot).build())).isEqualTo(AzureFinding.RUNTIME_TYPE);
  }

  // Case 56, for codes that name no digest at all.
  @ParameterizedTest
  @ValueSource(ints = {0, 4, 5, 9, -1})
  void anUnknownHashTypeIsRefused(int type) {
    assertThat(refusal(new HclBuilder().hashType(type).build()))
        .isEqualTo(AzureFinding.RUNTIME_HASH);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void hashTypesOneToThreeAreRead(int type) throws MalformedException {
    assertThat(Optional.of(HclReport.parse(new HclBuilder().hashType(type).build()).hashType()))
        .isEqualTo(HclReport.HashType.ofCode(type));
  }

  @Test
  void everyTruncationAndExtensionIsRefused() throws MalformedException {
    String longClaims = "{" + " ".repeat(1000) + "}";
    Bytes whole = new HclBuilder().claims(longClaims).build();
    assertThat(HclReport.parse(whole)).isNotNull();
    for (int size = 0; size < whole.size(); size++) {
      Bytes cut = whole.slice(0, size);
      assertThatThrownBy(() -> HclReport.parse(cut)).isInstanceOf(MalformedException.class);
    }
    for (int more = 1; more <= 100; more++) {
      Bytes longer = whole.concat(Bytes.zeros(more));
      assertThatThrownBy(() -> HclReport.parse(longer)).isInstanceOf(MalformedException.class);
    }
  }

  // The padding is unsigned: the one cut that passes changes nothing (docs/not-covered.md).
  @Test
  void paddingCutToAnotherIndexSizeChangesNothing() throws MalformedException {
    Bytes whole = new HclBuilder().indexSize(2900).build();
    assertThat(HclReport.parse(whole.slice(0, 2600))).isEqualTo(HclReport.parse(whole));
    assertThat(HclReport.parse(whole.slice(0, 2048))).isEqualTo(HclReport.parse(whole));
  }
}

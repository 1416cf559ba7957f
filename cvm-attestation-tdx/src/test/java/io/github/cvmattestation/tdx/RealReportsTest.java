package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Genuine TDREPORTs, which Azure's paravisor keeps from byte 32 of its report on. */
class RealReportsTest {
  static Stream<Bytes> azureReports() throws MalformedException {
    return Stream.of(
            Vectors.named("hcl-report", "azure/hcl-tdx").file("hcl"),
            Vectors.named("hcl-report", "azure/hcl-tdx-userdata").file("hcl"),
            RealQuotesTest.azure("hcl_report"))
        .map(hcl -> hcl.slice(32, 32 + 1024));
  }

  @ParameterizedTest
  @MethodSource("azureReports")
  void everyFieldIsWhereTheSpecificationHasIt(Bytes raw) throws MalformedException {
    TdReport report = TdReport.parse(raw);
    assertThat(report.version()).isZero();
    assertThat(report.cpuSvn()).isEqualTo(raw.slice(16, 32));
    assertThat(report.reportData()).isEqualTo(raw.slice(128, 192));
    // The paravisor binds SHA-256 of its claims: the other half is zero.
    assertThat(report.reportData().slice(32, 64).isZero()).isTrue();
    assertThat(report.teeTcbInfo().valid()).isEqualTo(Le.u64(0x301FF));
    assertThat(report.teeTcbInfo().teeTcbSvn()).isEqualTo(raw.slice(264, 280));
    assertThat(report.teeTcbInfo().teeTcbSvn2()).isEqualTo(raw.slice(384, 400));
    assertThat(report.tdInfo().mrTd()).isEqualTo(raw.slice(528, 576));
    assertThat(report.tdInfo().xfam().raw()).isEqualTo(0x618E7);
    assertThat(report.tdInfo().attributes().raw()).isZero();
    assertThat(report.tdInfo().rtmrs()).allMatch(Bytes::isZero);
    assertThat(report.wrongHash()).isEmpty();
  }

  @Test
  void theQuoteThatAzureMadeFromAReportAgreesWithIt() throws MalformedException {
    TdReport report = TdReport.parse(RealQuotesTest.azure("hcl_report").slice(32, 1056));
    TdQuoteBody quote = TdQuote.parse(RealQuotesTest.azure("td_quote")).body();
    assertThat(report.firstDifference(quote)).isEmpty();
  }

  @Test
  void aQuoteOfAnotherMachineDiffersFromAReport() throws MalformedException {
    Bytes other = Vectors.named("hcl-report", "azure/hcl-tdx").file("hcl").slice(32, 1056);
    TdQuoteBody quote = TdQuote.parse(RealQuotesTest.azure("td_quote")).body();
    assertThat(TdReport.parse(other).agreesWith(quote)).isFalse();
  }

  /**
   * This capture lacks its first 48 bytes: it begins within TEE_TCB_INFO_HASH, and 48 bytes of zero
   * end it. So it is refused as it stands; with its beginning put back, both hashes hold.
   */
  @Test
  void aCaptureWithoutItsBeginningIsRefusedAndHoldsOnceItIsWhole() throws MalformedException {
    Bytes capture = Vectors.named("tdreport", "tdx/tdreport").file("tdreport");
    assertThatThrownBy(() -> TdReport.parse(capture))
        .isInstanceOf(MalformedException.class)
        .hasMessageContaining("REPORTTYPE");
    Bytes module = capture.slice(256 - 48, 256 - 48 + 239);
    Bytes lost =
        Bytes.ofHex("81000000")
            .concat(Bytes.zeros(12), Bytes.zeros(16), RawReport.sha384(module).slice(0, 16));
    Bytes whole = lost.concat(capture.slice(0, 1024 - 48));
    TdReport report = TdReport.parse(whole);
    assertThat(report.teeTcbInfo().valid()).isEqualTo(Le.u64(0x1FF));
    assertThat(report.tdInfo().xfam().raw()).isEqualTo(0xE7);
    assertThat(report.wrongHash()).isEmpty();
  }
}

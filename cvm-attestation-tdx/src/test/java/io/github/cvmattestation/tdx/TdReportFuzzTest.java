package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import org.junit.jupiter.params.provider.MethodSource;

/** TDREPORT: any input is a report or malformed. */
class TdReportFuzzTest {
  @MethodSource("io.github.cvmattestation.tdx.FormatSeeds#reports")
  @FuzzTest
  void anyBytesAreAReportOrMalformed(byte[] input) throws MalformedException {
    TdQuoteBody body = TdQuoteBody.parse(RawReport.v3().quoteBody(4));
    try {
      TdReport report = TdReport.parse(Bytes.of(input));
      assertThat(input).hasSize(TdReport.SIZE);
      assertThat(report.raw()).isEqualTo(Bytes.of(input));
      assertThat(report.agreesWith(body)).isEqualTo(report.firstDifference(body).isEmpty());
      assertThat(report.wrongHash().orElse("TEE_INFO_HASH")).endsWith("_HASH");
      assertThat(report.tdInfo().extension().isPresent()).isEqualTo(report.version() == 3);
    } catch (MalformedException refused) {
      assertThat(refused.problem()).isNotEmpty();
    }
  }
}

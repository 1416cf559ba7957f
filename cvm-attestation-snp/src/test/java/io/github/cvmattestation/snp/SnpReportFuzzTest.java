package io.github.cvmattestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import org.junit.jupiter.params.provider.MethodSource;

/** ATTESTATION_REPORT: any input is a report or malformed. */
class SnpReportFuzzTest {
  @MethodSource("io.github.cvmattestation.snp.Seeds#reports")
  @FuzzTest
  void anyBytesAreAReportOrMalformed(byte[] input) {
    try {
      SnpReport report = SnpReport.parse(Bytes.of(input));
      assertThat(input).hasSize(SnpReport.SIZE);
      assertThat(report.raw()).isEqualTo(Bytes.of(input));
      for (ProductLine line : ProductLine.values()) {
        SnpTcb.of(line, report);
      }
    } catch (MalformedException refused) {
      assertThat(refused.problem()).isNotEmpty();
    }
  }
}

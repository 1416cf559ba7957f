package io.github.cvmattestation.azure;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;

/** Whatever the bytes are, they are a report or malformed: nothing else is thrown. */
class HclReportFuzzTest {
  @FuzzTest
  void anyBytesAreAReportOrMalformed(byte[] input) {
    try {
      HclReport report = HclReport.parse(Bytes.of(input));
      if (report.hardwareReport().size() != report.reportType().size()
          || report.unverifiedClaims().isEmpty()) {
        throw new AssertionError("a report without its parts");
      }
    } catch (MalformedException e) {
      // as it should be
    }
  }
}

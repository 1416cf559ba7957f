package io.github.cvmattestation.azure.internal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.internal.Digests;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.HclReport;

/** Whatever text the hardware signed, it is claims or refuted: nothing else is thrown. */
class RuntimeClaimsFuzzTest {
  @FuzzTest
  void anyBoundTextIsClaimsOrRefuted(byte[] input) {
    Bytes text = Bytes.of(input);
    HclReport report =
        new HclReport(
            2, HclReport.ReportType.SNP, HclReport.HashType.SHA_512, Bytes.zeros(1184), text);
    try {
      RuntimeClaims claims =
          RuntimeClaims.of(BoundClaims.of(report, new ReportData(Digests.sha512(text))));
      if (claims.attestationKey().modulusBytes() < 256) {
        throw new AssertionError("a weak attestation key");
      }
    } catch (RefutedException e) {
      // as it should be
    }
  }
}

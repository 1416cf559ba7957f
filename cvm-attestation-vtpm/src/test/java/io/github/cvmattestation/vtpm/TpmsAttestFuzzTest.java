package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;

/** TPMS_ATTEST: any input is refused as malformed, or has exactly one encoding, itself. */
class TpmsAttestFuzzTest {
  @FuzzTest
  void refusesOrReadsEveryByte(byte[] input) {
    Bytes octets = Bytes.of(input);
    TpmsAttest parsed;
    try {
      parsed = TpmsAttest.parse(octets);
    } catch (MalformedException refused) {
      assertThat(refused.problem()).isNotEmpty();
      return;
    }
    assertThat(TpmEncoder.encode(parsed)).isEqualTo(octets);
  }
}

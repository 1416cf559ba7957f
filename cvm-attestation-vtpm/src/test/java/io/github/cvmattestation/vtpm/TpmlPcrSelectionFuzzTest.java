package io.github.cvmattestation.vtpm;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;

/** TPML_PCR_SELECTION: any input is refused as malformed, or has exactly one encoding, itself. */
class TpmlPcrSelectionFuzzTest {
  @FuzzTest
  void refusesOrReadsEveryByte(byte[] input) {
    Bytes octets = Bytes.of(input);
    TpmlPcrSelection parsed;
    try {
      parsed = TpmlPcrSelection.parse(octets);
    } catch (MalformedException refused) {
      assertThat(refused.problem()).isNotEmpty();
      return;
    }
    assertThat(TpmEncoder.encode(parsed)).isEqualTo(octets);
  }
}

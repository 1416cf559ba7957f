package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import org.junit.jupiter.params.provider.MethodSource;

/** A policy's JSON: any input is a policy or a configuration that makes no sense. */
class TdxPolicyFuzzTest {
  @MethodSource("io.github.cvmattestation.tdx.PolicySeeds#policies")
  @FuzzTest
  void anyBytesAreAPolicyOrSenseless(byte[] input) {
    try {
      assertThat(TdxPolicy.parse(Bytes.of(input)).subjects()).containsExactly("tdx");
    } catch (AttestationException.Configuration refused) {
      assertThat(refused.remedy()).isNotEmpty();
    }
  }
}

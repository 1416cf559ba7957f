package io.github.cvmattestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import org.junit.jupiter.params.provider.MethodSource;

/** A policy's JSON: any input is a policy or a configuration that makes no sense. */
class SnpPolicyFuzzTest {
  @MethodSource("io.github.cvmattestation.snp.Seeds#policies")
  @FuzzTest
  void anyBytesAreAPolicyOrSenseless(byte[] input) {
    try {
      assertThat(SnpPolicy.parse(Bytes.of(input)).subjects()).containsExactly("snp");
    } catch (AttestationException.Configuration refused) {
      assertThat(refused.remedy()).isNotEmpty();
    }
  }
}

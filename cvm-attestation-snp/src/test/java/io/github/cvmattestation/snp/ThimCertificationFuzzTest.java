package io.github.cvmattestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import org.junit.jupiter.params.provider.MethodSource;

/** THIM's JSON: any input is an answer or malformed. */
class ThimCertificationFuzzTest {
  @MethodSource("io.github.cvmattestation.snp.Seeds#thimAnswers")
  @FuzzTest
  void anyBytesAreAnAnswerOrMalformed(byte[] input) {
    try {
      ThimCertification read = ThimCertification.parse(Bytes.of(input));
      assertThat(read.tcbm().size()).isEqualTo(8);
      assertThat(read.toEndorsements().certificates()).hasSize(2);
    } catch (MalformedException refused) {
      assertThat(refused.problem()).isNotEmpty();
    }
  }
}

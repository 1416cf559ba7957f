package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a vault returns: any bytes are a policy with one writing and a judgement, or malformed. */
class ReleasePolicyFuzzTest {
  static Stream<Arguments> policies() {
    return Stream.of(
            "",
            "{}",
            ReleasePolicies.policy(ReleasePolicies.SNP),
            ReleasePolicies.policy(ReleasePolicies.TDX),
            ReleasePolicies.policy("{\"claim\":\"a.b\",\"exists\":false}"),
            ReleasePolicies.policy("{\"anyOf\":[{\"claim\":\"a\",\"less\":-1}]}"),
            ReleasePolicies.policy("{\"allOf\":[]}"),
            ReleasePolicies.policy("{\"claim\":\"\\ud800\",\"equals\":1}"),
            ReleasePolicies.policy("{\"allOf\":[".repeat(30) + "]}".repeat(30)))
        .map(text -> Arguments.of((Object) ReleasePolicies.bytes(text).toArray()));
  }

  @MethodSource("policies")
  @FuzzTest
  void anyBytesAreAPolicyOrMalformed(byte[] input) throws MalformedException {
    ReleasePolicy policy;
    try {
      policy = ReleasePolicy.parse(Bytes.of(input));
    } catch (MalformedException e) {
      assertThat(e.problem()).hasSizeLessThan(1000);
      return;
    }
    assertThat(ReleasePolicy.parse(policy.canonicalJson())).isEqualTo(policy);
    ReleasePolicyLinter linter = ReleasePolicyLinter.allowAnyAuthority();
    assertThat(linter.lint(policy)).hasSizeLessThan(10 * ReleasePolicy.MAX_CONDITIONS);
    assertThat(policy.evaluate(ReleasePolicies.bytes("{\"iss\":\"a\"}")).failures()).isNotNull();
  }
}

package io.github.cvmattestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import org.junit.jupiter.params.provider.MethodSource;

/** VCEK and VLEK certificates: any input is a leaf or malformed. */
class LeafCertificateFuzzTest {
  @MethodSource("io.github.cvmattestation.snp.Seeds#leaves")
  @FuzzTest
  void anyBytesAreALeafOrMalformed(byte[] input) {
    try {
      LeafCertificate leaf = LeafCertificate.of(DerCertificate.parse(Bytes.of(input)));
      boolean isVcek = leaf.kind() == SignerInfo.SigningKey.VCEK;
      assertThat(leaf.hwId().isPresent()).isEqualTo(isVcek);
      assertThat(leaf.cspId().isPresent()).isNotEqualTo(isVcek);
      assertThat(leaf.tcb().isTurin()).isEqualTo(leaf.line() == ProductLine.TURIN);
      assertThat(leaf.tcb().components().values()).allMatch(level -> level >= 0 && level < 256);
    } catch (MalformedException refused) {
      assertThat(refused.problem()).isNotEmpty();
    }
  }
}

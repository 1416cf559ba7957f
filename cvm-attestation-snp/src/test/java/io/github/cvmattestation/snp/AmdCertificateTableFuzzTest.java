package io.github.cvmattestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.MalformedException;
import org.junit.jupiter.params.provider.MethodSource;

/** The certificate table: any input is a table whose contents do not overlap, or malformed. */
class AmdCertificateTableFuzzTest {
  @MethodSource("io.github.cvmattestation.snp.Seeds#tables")
  @FuzzTest
  void anyBytesAreATableOrMalformed(byte[] input) {
    try {
      Endorsements read = AmdCertificateTable.parse(Bytes.of(input));
      assertThat(read.certificates()).hasSizeLessThanOrEqualTo(4);
      assertThat(read.revocationLists()).hasSizeLessThanOrEqualTo(1);
      int size =
          read.certificates().stream().mapToInt(Bytes::size).sum()
              + read.revocationLists().stream().mapToInt(Bytes::size).sum();
      assertThat(size).isLessThanOrEqualTo(input.length);
    } catch (MalformedException refused) {
      assertThat(refused.problem()).isNotEmpty();
    }
  }
}

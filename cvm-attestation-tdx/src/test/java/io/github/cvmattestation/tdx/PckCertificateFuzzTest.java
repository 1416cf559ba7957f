package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.DerCertificate;
import org.junit.jupiter.params.provider.MethodSource;

/** PCK certificates: any input is one or malformed. */
class PckCertificateFuzzTest {
  @MethodSource("io.github.cvmattestation.tdx.FormatSeeds#certificates")
  @FuzzTest
  void anyBytesAreAPckCertificateOrMalformed(byte[] input) {
    try {
      PckCertificate pck = PckCertificate.of(DerCertificate.parse(Bytes.of(input)));
      assertThat(pck.components().size()).isEqualTo(TcbLevel.COMPONENTS);
      assertThat(pck.cpuSvn().size()).isEqualTo(16);
      assertThat(pck.fmspc().size()).isEqualTo(6);
      assertThat(pck.pceSvn()).isBetween(0, 65535);
      assertThat(pck.platformInstanceId().isPresent()).isEqualTo(pck.configuration().isPresent());
      assertThat(pck.toGroup().members()).isNotEmpty();
    } catch (MalformedException refused) {
      assertThat(refused.problem()).isNotEmpty();
    }
  }
}

package io.github.cvmattestation.attestation.crypto;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Only {@link MalformedException} may come out. */
class DerCertificateFuzzTest {
  @MethodSource
  @FuzzTest
  void parses(byte[] input) {
    try {
      DerCertificate read = DerCertificate.parse(Bytes.of(input));
      PublicKeyInfo.parse(read.subjectPublicKeyInfo());
    } catch (MalformedException e) {
      return;
    }
  }

  static Stream<Arguments> parses() {
    return Stream.of(
            Bytes.empty(),
            new TestCertificate().der(),
            new TestCertificate().der().slice(0, 200),
            Der.seq(Der.seq(), Der.seq(), Der.bits(Bytes.empty())))
        .map(seed -> Arguments.of((Object) seed.toArray()));
  }
}

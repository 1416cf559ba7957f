package io.github.cvmattestation.attestation.internal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Only {@link MalformedException} may come out. */
class PemFuzzTest {
  @MethodSource
  @FuzzTest
  void decodes(byte[] input) {
    Bytes bytes = Bytes.of(input);
    Pem.looksLike(bytes);
    try {
      Pem.decode(bytes, "CERTIFICATE");
    } catch (MalformedException e) {
      return;
    }
  }

  static Stream<Arguments> decodes() {
    return FuzzSeeds.texts(
        "",
        "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----",
        "-----BEGIN CERTIFICATE----------END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n-_==\n-----END CERTIFICATE-----\n");
  }
}

package io.github.cvmattestation.attestation.crypto;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Only {@link MalformedException} may come out. */
class PublicKeyInfoFuzzTest {
  @MethodSource
  @FuzzTest
  void parses(byte[] input) {
    try {
      PublicKeyInfo read = PublicKeyInfo.parse(Bytes.of(input));
      for (SignatureBackend backend : TestKeys.backends()) {
        backend
            .prepare(read)
            .verifies(SignatureScheme.ECDSA_P384_SHA384, Bytes.empty(), Bytes.zeros(96));
      }
    } catch (MalformedException e) {
      return;
    }
  }

  static Stream<Arguments> parses() {
    return Stream.of(
            Bytes.empty(),
            TestKeys.spki(TestKeys.RSA),
            TestKeys.spki(TestKeys.P256),
            TestKeys.spki(TestKeys.P384))
        .map(seed -> Arguments.of((Object) seed.toArray()));
  }
}

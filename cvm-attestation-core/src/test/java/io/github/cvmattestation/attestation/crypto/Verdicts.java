package io.github.cvmattestation.attestation.crypto;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.List;

/** Asks every backend, and wants one answer. */
final class Verdicts {
  static final Bytes MESSAGE = Bytes.of("what was signed".getBytes(StandardCharsets.UTF_8));
  static final List<SignatureBackend> BACKENDS = TestKeys.backends();

  private Verdicts() {}

  static void everyVerdict(
      KeyPair pair, SignatureScheme scheme, Bytes message, Bytes signature, boolean expected) {
    for (SignatureBackend backend : BACKENDS) {
      assertThat(backend.prepare(TestKeys.info(pair)).verifies(scheme, message, signature))
          .as("%s %s", backend.name(), scheme)
          .isEqualTo(expected);
    }
  }

  static void everyLongestSalt(
      KeyPair pair, SignatureScheme scheme, Bytes message, Bytes signature, boolean expected) {
    for (SignatureBackend backend : BACKENDS) {
      VerificationKey key = backend.prepare(TestKeys.info(pair));
      assertThat(key.verifiesLongestSalt(scheme, message, signature))
          .as("%s %s", backend.name(), scheme)
          .isEqualTo(expected);
    }
  }

  static List<VerificationKey> prepared(KeyPair pair) {
    return BACKENDS.stream().map(backend -> backend.prepare(TestKeys.info(pair))).toList();
  }

  static Bytes signed(SignatureScheme scheme) {
    return TestKeys.sign(scheme, TestKeys.pair(scheme).getPrivate(), MESSAGE);
  }
}

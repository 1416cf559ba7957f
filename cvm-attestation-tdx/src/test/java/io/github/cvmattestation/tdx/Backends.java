package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;
import java.util.Optional;
import java.util.stream.Stream;

/** The backends that load here: all must give equal verdicts. */
final class Backends {
  private static final Optional<SignatureBackend> CORRETTO = SignatureBackends.corretto();

  private Backends() {}

  static Stream<SignatureBackend> all() {
    return Stream.concat(
        Stream.of(SignatureBackends.jdk(), SignatureBackends.bouncyCastle()), CORRETTO.stream());
  }

  static SignatureBackend fastest() {
    return CORRETTO.orElseGet(SignatureBackends::bouncyCastle);
  }
}

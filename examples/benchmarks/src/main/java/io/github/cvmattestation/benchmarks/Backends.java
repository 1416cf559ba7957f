package io.github.cvmattestation.benchmarks;

import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;

/** Signature backends by name, as JMH passes them. */
final class Backends {
  private Backends() {}

  static SignatureBackend named(String name) {
    return switch (name) {
      case "bouncycastle" -> SignatureBackends.bouncyCastle();
      case "jdk" -> SignatureBackends.jdk();
      case "corretto" ->
          SignatureBackends.corretto()
              .orElseThrow(() -> new IllegalStateException("ACCP does not load here"));
      default -> throw new IllegalArgumentException(name);
    };
  }
}

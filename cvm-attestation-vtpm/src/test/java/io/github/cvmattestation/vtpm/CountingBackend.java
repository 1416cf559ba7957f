package io.github.cvmattestation.vtpm;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.SignatureScheme;
import io.github.cvmattestation.attestation.crypto.VerificationKey;

/** Counts verifications: a measure of work without noise. */
final class CountingBackend implements SignatureBackend {
  private final SignatureBackend inner;
  private int rsa;
  private int ecdsa;

  CountingBackend(SignatureBackend inner) {
    this.inner = inner;
  }

  int rsa() {
    return rsa;
  }

  int ecdsa() {
    return ecdsa;
  }

  @Override
  public String name() {
    return "counting " + inner.name();
  }

  @Override
  public VerificationKey prepare(PublicKeyInfo info) {
    VerificationKey key = inner.prepare(info);
    return new VerificationKey() {
      @Override
      public PublicKeyInfo info() {
        return key.info();
      }

      @Override
      public boolean verifies(SignatureScheme scheme, Bytes message, Bytes signature) {
        if (scheme.kind() == SignatureScheme.Kind.ECDSA) {
          ecdsa++;
        } else {
          rsa++;
        }
        return key.verifies(scheme, message, signature);
      }

      @Override
      public boolean verifiesLongestSalt(SignatureScheme scheme, Bytes message, Bytes signature) {
        rsa++;
        return key.verifiesLongestSalt(scheme, message, signature);
      }
    };
  }
}

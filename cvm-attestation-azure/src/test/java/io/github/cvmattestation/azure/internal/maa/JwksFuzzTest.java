package io.github.cvmattestation.azure.internal.maa;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackends;

/** Whatever an issuer answers, it is a key set without weak or gigantic keys, or it is useless. */
class JwksFuzzTest {
  @FuzzTest
  void anyAnswerIsAKeySetOrAFailure(byte[] input) {
    Jwks keys;
    try {
      keys = Jwks.parse(Bytes.of(input), SignatureBackends.bouncyCastle());
    } catch (AttestationException.Service e) {
      return; // as it should be
    }
    if (keys.find("one").orElse(null) instanceof Jwks.Entry.Usable usable
        && usable.key().info() instanceof PublicKeyInfo.Rsa rsa
        && (rsa.modulus().bitLength() < 2048 || rsa.modulus().bitLength() > Jwk.MAX_RSA_BITS)) {
      throw new AssertionError("a key of a size that is not accepted");
    }
  }
}

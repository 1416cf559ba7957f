package io.github.cvmattestation.attestation.token;

import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import java.time.Instant;

/** Proves tokens, or refutes them. */
public interface TokenVerifier {
  /**
   * Verifies {@code token} as of {@code at}.
   *
   * @param nonce what it must be bound to
   * @param guestKey the key that it must name as the guest's
   * @return where verified, claims with a {@link VerifiedToken} among them
   * @throws io.github.cvmattestation.attestation.AttestationException.Service if the issuer's keys
   *     are not at hand and could not be fetched
   */
  Verification verify(AttestationToken token, Nonce nonce, PublicKeyInfo.Rsa guestKey, Instant at);
}

package io.github.cvmattestation.attestation.token;

import io.github.cvmattestation.attestation.Claims;
import java.time.Instant;

/**
 * A token whose signature, issuer, dates, nonce and guest key were checked, and what it says. Made
 * by a {@link TokenVerifier} alone.
 */
public interface VerifiedToken extends Claims {
  /** The id of this group of claims. */
  String ID = "token";

  /** The token itself, to be shown to a key service. */
  AttestationToken token();

  /** Who issued it, exactly as the token says it (RFC 7519, section 4.1.1). */
  String issuer();

  /** When it was issued. */
  Instant issuedAt();

  /** When it ends. */
  Instant expiresAt();

  @Override
  default String id() {
    return ID;
  }
}

package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.Endorsements;
import io.github.cvmattestation.attestation.Evidence;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.ReportData;
import io.github.cvmattestation.attestation.Verification;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.spi.EvidenceVerifier;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.attestation.token.TokenVerifier;
import java.time.Instant;
import java.util.Optional;

/**
 * Stands in the two rooms where something is verified, and remembers what it saw, so that it can be
 * shown. It decides nothing.
 */
final class DemoWitness implements EvidenceVerifier, TokenVerifier {
  /** What was verified, in which way, and with which end. */
  record Seen(
      Evidence evidence,
      Endorsements endorsements,
      Nonce nonce,
      ReportData bound,
      Verification verification) {}

  private final EvidenceVerifier verifier;
  private final TokenVerifier tokens;
  private Optional<Seen> seen = Optional.empty();
  private Optional<Verification> token = Optional.empty();

  DemoWitness(EvidenceVerifier verifier, TokenVerifier tokens) {
    this.verifier = verifier;
    this.tokens = tokens;
  }

  /** The evidence of the last attestation. */
  Seen seen() {
    return seen.orElseThrow();
  }

  /** What was said of the last token. */
  Optional<Verification> token() {
    return token;
  }

  @Override
  public Verification verify(
      Evidence evidence, Endorsements endorsements, Nonce nonce, Instant at) {
    throw new IllegalStateException("evidence is bound to a key, too");
  }

  @Override
  public Verification verify(
      Evidence evidence, Endorsements endorsements, Nonce nonce, ReportData bound, Instant at) {
    Verification verification = verifier.verify(evidence, endorsements, nonce, bound, at);
    seen = Optional.of(new Seen(evidence, endorsements, nonce, bound, verification));
    return verification;
  }

  @Override
  public Verification verify(
      AttestationToken shown, Nonce nonce, PublicKeyInfo.Rsa guestKey, Instant at) {
    Verification verification = tokens.verify(shown, nonce, guestKey, at);
    token = Optional.of(verification);
    return verification;
  }
}

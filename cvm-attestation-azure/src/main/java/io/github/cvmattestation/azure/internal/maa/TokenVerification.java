package io.github.cvmattestation.azure.internal.maa;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.azure.MaaAttestationType;
import io.github.cvmattestation.azure.MaaCheck;
import io.github.cvmattestation.azure.MaaFinding;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * The steps that prove a token, in the order of proof: who signed is settled by {@link
 * TokenSignature} before what was said is looked at.
 */
public final class TokenVerification {
  private final TokenSignature signature;
  private final Demands demands;

  /**
   * What a token must be, besides genuine.
   *
   * @param types accepted kinds of evidence
   * @param policyHashes accepted policies of the issuer; empty where it is trusted with any
   * @param skew how far the clocks of issuer and verifier may differ
   */
  public record Demands(Set<MaaAttestationType> types, Set<Bytes> policyHashes, Duration skew) {}

  /** Steps for tokens of these issuers. */
  public TokenVerification(Issuers issuers, MaaKeys keys, Demands demands) {
    signature = new TokenSignature(issuers, keys);
    this.demands = demands;
  }

  /** Runs every step, entering each in {@code ledger} once it has held. */
  public TokenClaims run(
      AttestationToken token, Nonce nonce, PublicKeyInfo.Rsa guestKey, Instant at, Ledger ledger)
      throws RefutedException {
    TokenClaims claims = signature.prove(CompactToken.read(token), ledger);
    ledger.passed(MaaCheck.CLAIMS);
    requireDates(claims, at);
    ledger.passed(MaaCheck.DATES);
    if (!demands.types.contains(claims.type())) {
      throw refuted(
          MaaFinding.JWT_ATTESTATION_TYPE, "an accepted kind of evidence", claims.type().claim());
    }
    ledger.passed(MaaCheck.ATTESTATION_TYPE);
    requireNonce(claims, nonce);
    ledger.passed(MaaCheck.NONCE);
    GuestKeyClaim.require(claims, guestKey);
    ledger.passed(MaaCheck.GUEST_KEY);
    checkPolicy(claims, ledger);
    return claims;
  }

  /** RFC 7519, sections 4.1.4 to 4.1.6: a token holds before exp, and not before nbf. */
  private void requireDates(TokenClaims claims, Instant at) throws RefutedException {
    if (!at.isBefore(claims.expiresAt().plus(demands.skew))) {
      throw refuted(MaaFinding.JWT_EXPIRED, "exp after " + at, claims.expiresAt().toString());
    }
    Instant latest = at.plus(demands.skew);
    if (claims.notBefore().isAfter(latest)) {
      throw refuted(MaaFinding.JWT_NOT_YET, "nbf until " + at, claims.notBefore().toString());
    }
    if (claims.issuedAt().isAfter(latest)) {
      throw refuted(MaaFinding.JWT_NOT_YET, "iat until " + at, claims.issuedAt().toString());
    }
  }

  /** What was sent as the nonce is the text of it in lower-case hexadecimal. */
  private static void requireNonce(TokenClaims claims, Nonce nonce) throws RefutedException {
    if (claims.nonce().isEmpty()) {
      throw refuted(MaaFinding.JWT_NONCE, "the nonce of this challenge", "none");
    }
    Bytes expected = Bytes.of(nonce.value().hex().getBytes(US_ASCII));
    if (!expected.equals(claims.nonce().get())) {
      throw refuted(MaaFinding.JWT_NONCE, "the nonce of this challenge", "another");
    }
  }

  private void checkPolicy(TokenClaims claims, Ledger ledger) throws RefutedException {
    if (demands.policyHashes.isEmpty()) {
      ledger.note(
          Finding.of(
              MaaFinding.JWT_POLICY, "policies of the issuer to compare", "none were pinned"));
      return;
    }
    if (claims.policyHash().isEmpty()) {
      throw refuted(MaaFinding.JWT_POLICY, "x-ms-policy-hash", "no such claim");
    }
    Bytes found = claims.policyHash().get();
    if (!demands.policyHashes.contains(found)) {
      throw refuted(MaaFinding.JWT_POLICY, "a pinned policy", found.abbreviated());
    }
    ledger.passed(MaaCheck.POLICY);
  }

  private static RefutedException refuted(MaaFinding code, String expected, String actual) {
    return new RefutedException(Finding.of(code, expected, actual));
  }
}

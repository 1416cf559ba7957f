package io.github.cvmattestation.azure.internal.maa;

import static io.github.cvmattestation.azure.internal.maa.ClaimPath.optional;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.Nonce;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.BoundedCache;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.azure.MaaAttestationType;
import io.github.cvmattestation.azure.MaaCheck;
import io.github.cvmattestation.azure.MaaFinding;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * The steps that prove a token, in the order of proof: who signed is settled before what was said
 * is looked at. Only the issuer's name is read earlier, for it says whose keys count.
 */
public final class TokenVerification {
  private static final int MAX_HEADERS = 64;

  private final Issuers issuers;
  private final MaaKeys keys;
  private final Demands demands;

  /** What headers say, by their text: an issuer gives all its tokens the same. */
  private final BoundedCache<String, TokenHeader> headers = new BoundedCache<>(MAX_HEADERS);

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
    this.issuers = issuers;
    this.keys = keys;
    this.demands = demands;
  }

  /** Runs every step, entering each in {@code ledger} once it has held. */
  public TokenClaims run(
      AttestationToken token, Nonce nonce, PublicKeyInfo.Rsa guestKey, Instant at, Ledger ledger)
      throws RefutedException {
    CompactToken parts = CompactToken.read(token);
    Optional<TokenHeader> known = headers.get(parts.header());
    TokenHeader header;
    if (known.isPresent()) {
      header = known.get();
      ledger.passed(MaaCheck.FORM);
    } else {
      Json.Obj read = parts.readHeader();
      ledger.passed(MaaCheck.FORM);
      header = TokenHeader.of(read);
    }
    ledger.passed(MaaCheck.HEADER);
    String issuer = issuers.require(parts.payload());
    ledger.passed(MaaCheck.ISSUER);
    VerificationKey key = keys.find(issuer, header.kid(), header.algorithm());
    ledger.passed(MaaCheck.KEY);
    if (!key.verifies(header.algorithm().scheme(), parts.signed(), parts.signature())) {
      throw refuted(MaaFinding.JWT_SIGNATURE, "a signature of header and claims", "none");
    }
    ledger.passed(MaaCheck.SIGNATURE);
    if (known.isEmpty()) {
      headers.put(parts.header(), header); // only what an issuer has signed is remembered
    }
    TokenClaims claims = TokenClaims.of(parts.payload());
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

  /**
   * What was sent as the nonce is the text of it in lower-case hexadecimal. The service repeats the
   * client's payload in base64, and the nonce of a platform's request as it is.
   */
  private static void requireNonce(TokenClaims claims, Nonce nonce) throws RefutedException {
    Optional<Bytes> found;
    if (claims.type() == MaaAttestationType.AZURE_VM) {
      Optional<Json.Obj> payload = Optional.empty();
      Optional<Json.Obj> runtime = optional(claims.all(), "x-ms-runtime", Json::asObject);
      if (runtime.isPresent()) {
        payload = optional(runtime.get(), "client-payload", Json::asObject);
      }
      found =
          payload.isEmpty()
              ? Optional.empty()
              : optional(
                  payload.get(), "nonce", value -> Base64s.decode(value.where(), value.asString()));
    } else {
      found = optional(claims.all(), "nonce", value -> Bytes.of(value.asString().getBytes(UTF_8)));
    }
    Bytes expected = Bytes.of(nonce.value().hex().getBytes(US_ASCII));
    if (found.isEmpty()) {
      throw refuted(MaaFinding.JWT_NONCE, "the nonce of this challenge", "none");
    }
    if (!expected.equals(found.get())) {
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

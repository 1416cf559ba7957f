package io.github.cvmattestation.azure.internal.maa;

import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Ledger;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.attestation.internal.BoundedCache;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.JsonNames;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.azure.MaaCheck;
import io.github.cvmattestation.azure.MaaFinding;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Settles who signed a token. An issuer gives all its tokens the same header, so a header that was
 * proven once tells whose key to try, and the claims of the next token are read only after its
 * signature holds. If anything is amiss there, the token is judged as if its header had never been
 * seen: what a verifier remembers changes how long it takes, never what it says.
 */
final class TokenSignature {
  private static final int MAX_HEADERS = 64;

  private final Issuers issuers;
  private final MaaKeys keys;

  /** Whose tokens had which header, by the header's text. Only proven ones are remembered. */
  private final BoundedCache<String, Signer> signers = new BoundedCache<>(MAX_HEADERS);

  /** The last of them: an issuer gives all its tokens of some weeks the same header. */
  private volatile @Nullable Signer latest;

  /** The names in claims that an issuer has signed. */
  private final JsonNames names = JsonNames.forCursor(AttestationToken.MAX_SIZE);

  /** A header, what it says, and the issuer that signs with it. */
  private record Signer(String text, TokenHeader header, String issuer) {}

  /** A signature that was checked, whatever came out. */
  private record Tried(VerificationKey key, boolean holds) {}

  TokenSignature(Issuers issuers, MaaKeys keys) {
    this.issuers = issuers;
    this.keys = keys;
  }

  /** The claims that a trusted issuer has signed, with each step on the way entered. */
  TokenClaims prove(CompactToken token, Ledger ledger) throws RefutedException {
    Optional<Signer> signer = known(token.header());
    Optional<Tried> tried = signer.flatMap(known -> tryKnown(token, known));
    if (tried.isPresent() && tried.get().holds()) {
      Optional<TokenClaims> claims = claimsBy(signer.get(), token);
      if (claims.isPresent()) {
        ledger.passed(MaaCheck.FORM);
        ledger.passed(MaaCheck.HEADER);
        ledger.passed(MaaCheck.ISSUER);
        ledger.passed(MaaCheck.KEY);
        ledger.passed(MaaCheck.SIGNATURE);
        return claims.get();
      }
    }
    return proveUnknown(token, tried.orElse(null), ledger);
  }

  private Optional<Signer> known(String header) {
    Signer last = latest;
    return last != null && last.text().equals(header) ? Optional.of(last) : signers.get(header);
  }

  private void remember(Signer signer) {
    signers.put(signer.text(), signer);
    latest = signer;
  }

  /** Tries the key that signed such a header before, if the issuer is known to have it still. */
  private Optional<Tried> tryKnown(CompactToken token, Signer signer) {
    TokenHeader header = signer.header();
    return keys.findKnown(signer.issuer(), header.kid(), header.algorithm())
        .map(key -> new Tried(key, holds(token, header, key)));
  }

  /** The claims, if they are in form and of this issuer. */
  private Optional<TokenClaims> claimsBy(Signer signer, CompactToken token) {
    try {
      TokenClaims claims = TokenClaimsReader.read(token.payload(), names);
      return Issuers.trimmed(claims.issuer()).equals(signer.issuer())
          ? Optional.of(claims)
          : Optional.empty();
    } catch (RefutedException e) {
      return Optional.empty(); // the long way finds the same, in its order
    }
  }

  /** Only the issuer's name is read before the signature: it says whose keys count. */
  private TokenClaims proveUnknown(CompactToken token, @Nullable Tried tried, Ledger ledger)
      throws RefutedException {
    Json.Obj unproven = token.readClaims();
    Json.Obj readHeader = token.readHeader();
    ledger.passed(MaaCheck.FORM);
    TokenHeader header = TokenHeader.of(readHeader);
    ledger.passed(MaaCheck.HEADER);
    String issuer = issuers.require(unproven);
    ledger.passed(MaaCheck.ISSUER);
    VerificationKey key = keys.find(issuer, header.kid(), header.algorithm());
    ledger.passed(MaaCheck.KEY);
    boolean holds =
        (tried != null && tried.key() == key) ? tried.holds() : holds(token, header, key);
    if (!holds) {
      throw new RefutedException(
          Finding.of(MaaFinding.JWT_SIGNATURE, "a signature of header and claims", "none"));
    }
    ledger.passed(MaaCheck.SIGNATURE);
    remember(new Signer(token.header(), header, issuer));
    return TokenClaimsReader.read(token.payload(), names);
  }

  private static boolean holds(CompactToken token, TokenHeader header, VerificationKey key) {
    return key.verifies(header.algorithm().scheme(), token.signed(), token.signature());
  }
}

package io.github.cvmattestation.azure.internal.maa;

import com.nimbusds.jose.JWSAlgorithm;
import io.github.cvmattestation.attestation.AttestationException.Service;
import io.github.cvmattestation.attestation.AttestationException.Service.Failure;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.crypto.SignatureBackend;
import io.github.cvmattestation.attestation.crypto.VerificationKey;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys that an issuer publishes, by {@code kid} (RFC 7517, section 5). An entry that is no fit
 * key makes its name useless and no other.
 */
final class Jwks {
  /** The most octets that are read of such an answer. */
  static final int MAX_SIZE = 512 << 10;

  private static final int MAX_KEYS = 32;
  private static final int OK = 200;

  private final Map<String, Entry> byKid;

  private Jwks(Map<String, Entry> byKid) {
    this.byKid = Map.copyOf(byKid);
  }

  /** What stands under a name. */
  sealed interface Entry {
    /**
     * A key.
     *
     * @param only the one algorithm that it is published for, if any
     */
    record Usable(VerificationKey key, Optional<JwsAlgorithm> only) implements Entry {
      boolean fits(JwsAlgorithm algorithm) {
        return (only.isEmpty() || only.get() == algorithm) && algorithm.fits(key.info());
      }
    }

    /**
     * No key of ours.
     *
     * @param problem what stands there instead, in a few words of our own
     */
    record Unfit(String problem) implements Entry {}
  }

  /**
   * Reads a JWK set.
   *
   * @throws Service if the answer is no JWK set, or too great
   */
  static Jwks parse(Bytes answer, SignatureBackend backend) {
    if (answer.size() > MAX_SIZE) {
      throw unusable(Failure.INPUT_LIMIT);
    }
    Map<String, Entry> byKid = new HashMap<>();
    try {
      Json keys = StrictJson.parse("JWKS", answer, MAX_SIZE).asObject().require("keys");
      List<Json> entries = keys.asArray(Integer.MAX_VALUE);
      if (entries.size() > MAX_KEYS) {
        throw unusable(Failure.INPUT_LIMIT);
      }
      for (Json item : entries) {
        Json.Obj entry = item.asObject();
        Optional<Json> kid = entry.get("kid");
        if (kid.isPresent()) {
          Entry read = entry(entry, backend);
          // Readers would differ on which of two counts.
          byKid.merge(kid.get().asString(), read, (a, b) -> new Entry.Unfit("two keys"));
        }
      }
    } catch (MalformedException e) {
      throw unusable(Failure.ANSWER_MALFORMED);
    }
    return new Jwks(byKid);
  }

  private static Entry entry(Json.Obj entry, SignatureBackend backend) {
    try {
      Optional<Json> use = entry.get("use");
      if (use.isPresent() && !use.get().asString().equals("sig")) {
        return new Entry.Unfit("a key that is not for signatures");
      }
      PublicKeyInfo key = Jwk.key(entry);
      Optional<Json> alg = entry.get("alg");
      Optional<JwsAlgorithm> only = Optional.empty();
      if (alg.isPresent()) {
        only = JwsAlgorithm.of(JWSAlgorithm.parse(alg.get().asString()));
        if (only.isEmpty()) {
          return new Entry.Unfit("a key for another algorithm");
        }
      }
      return new Entry.Usable(backend.prepare(key), only);
    } catch (MalformedException e) {
      return new Entry.Unfit("a key that is not well-formed, too small or of another type");
    }
  }

  /** What the issuer publishes under this name, if anything. */
  Optional<Entry> find(String kid) {
    return Optional.ofNullable(byKid.get(kid));
  }

  /** An answer that nothing can be done with. */
  static Service unusable(Failure failure) {
    return new Service(
        MaaKeys.SERVICE,
        failure,
        OK,
        "",
        "",
        "see whether the issuer's /certs answers with a JWK set of RSA keys up to "
            + Jwk.MAX_RSA_BITS
            + " bits, and whether something stands in between");
  }
}

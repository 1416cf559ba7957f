package io.github.cvmattestation.azure.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.AzureFinding;
import io.github.cvmattestation.vtpm.TpmFinding;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code keys} of runtime claims: JWKs (RFC 7517) of the vTPM, found by {@code kid}. Two keys
 * with one {@code kid} are refused, whichever it is: readers would differ on which one counts.
 */
record RuntimeKeys(PublicKeyInfo.Rsa attestationKey, Optional<PublicKeyInfo.Rsa> endorsementKey) {
  private static final String AK = "HCLAkPub";
  private static final String EK = "HCLEkPub";
  private static final int MAX_KEYS = 8;
  private static final int MIN_BITS = 2048;

  /** 65537 (RFC 7518, section 6.3.1.2). */
  private static final String F4 = "AQAB";

  static RuntimeKeys of(Json array) throws RefutedException {
    Map<String, Json.Obj> byId = new HashMap<>();
    for (Json item : RuntimeClaims.typed(array, value -> value.asArray(MAX_KEYS))) {
      Json.Obj key = RuntimeClaims.typed(item, Json::asObject);
      String kid = RuntimeClaims.typed(RuntimeClaims.require(key, "kid"), Json::asString);
      if (byId.put(kid, key) != null) {
        throw new RefutedException(
            Finding.of(AzureFinding.CLAIM_FORMAT, "one key for each kid", "two at " + key.where()));
      }
    }
    Json.Obj ak = byId.get(AK);
    if (ak == null) {
      throw new RefutedException(
          Finding.of(AzureFinding.CLAIM_MISSING, array.where() + " with kid " + AK, "none"));
    }
    Json.Obj ek = byId.get(EK);
    return new RuntimeKeys(rsa(ak), ek == null ? Optional.empty() : Optional.of(rsa(ek)));
  }

  /**
   * A public key. {@code key_ops} is not looked at: paravisors of 2023 wrote "encrypt" for the key
   * that signs.
   */
  private static PublicKeyInfo.Rsa rsa(Json.Obj key) throws RefutedException {
    Json type = RuntimeClaims.require(key, "kty");
    Json exponent = RuntimeClaims.require(key, "e");
    Json modulus = RuntimeClaims.require(key, "n");
    requireText(type, "RSA");
    requireText(exponent, F4);
    Bytes octets =
        RuntimeClaims.typed(modulus, value -> Base64s.decode(value.where(), value.asString()));
    BigInteger n = new BigInteger(1, octets.toArray());
    if (n.bitLength() < MIN_BITS) {
      // A paravisor whose vTPM has a password on the endorsement hierarchy publishes zeros.
      throw new RefutedException(
          Finding.of(
              TpmFinding.TPM_WEAK, modulus.where() + " of 2048 bits", n.bitLength() + " bits"));
    }
    try {
      if (octets.get(0) == 0) {
        throw modulus.wrong("a modulus without leading zeros");
      }
      return PublicKeyInfo.rsa(n);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(AzureFinding.CLAIM_FORMAT));
    }
  }

  private static void requireText(Json value, String expected) throws RefutedException {
    if (!RuntimeClaims.typed(value, Json::asString).equals(expected)) {
      throw new RefutedException(
          Finding.of(AzureFinding.CLAIM_FORMAT, value.where() + " " + expected, "something else"));
    }
  }
}

package io.github.cvmattestation.azure.internal.maa;

import static io.github.cvmattestation.azure.internal.maa.ClaimPath.optional;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.crypto.PublicKeyInfo;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.MaaAttestationType;
import io.github.cvmattestation.azure.MaaFinding;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;

/**
 * The key in a token that Key Vault wraps released keys for: the first of x-ms-runtime.keys that
 * may encrypt (Azure Key Vault, secure key release). The keys below x-ms-isolation-tee are others.
 */
final class GuestKeyClaim {
  /** What the service calls the vTPM's ephemeral key. */
  private static final String EPHEMERAL = "TpmEphemeralEncryptionKey";

  private static final int MAX_KEYS = 16;
  private static final int MAX_OPERATIONS = 16;
  private static final String F4 = "AQAB";

  private GuestKeyClaim() {}

  /** Makes sure that it is {@code expected}. */
  static void require(TokenClaims claims, PublicKeyInfo.Rsa expected) throws RefutedException {
    Optional<Json.Obj> key = wrappingKey(claims.all());
    if (key.isEmpty()) {
      throw refuted("no key that may encrypt");
    }
    if (claims.type() == MaaAttestationType.AZURE_VM
        && !text(key.get(), "kid").equals(Optional.of(EPHEMERAL))) {
      throw refuted("a key that the vTPM did not make for this");
    }
    Optional<Bytes> modulus = optional(key.get(), "n", GuestKeyClaim::base64);
    if (!text(key.get(), "kty").equals(Optional.of("RSA"))
        || !text(key.get(), "e").equals(Optional.of(F4))
        || !modulus.filter(octets -> isModulus(octets, expected)).isPresent()) {
      throw refuted("another key");
    }
  }

  /** In the one encoding that it has: RFC 7518, section 6.3.1.1, allows no leading zeros. */
  private static boolean isModulus(Bytes octets, PublicKeyInfo.Rsa key) {
    return octets.size() == key.modulusBytes()
        && new BigInteger(1, octets.toArray()).equals(key.modulus());
  }

  private static Optional<Json.Obj> wrappingKey(Json.Obj all) throws RefutedException {
    Optional<Json.Obj> runtime = optional(all, "x-ms-runtime", Json::asObject);
    if (runtime.isEmpty()) {
      return Optional.empty();
    }
    Optional<List<Json>> keys = optional(runtime.get(), "keys", value -> value.asArray(MAX_KEYS));
    for (Json item : keys.orElse(List.of())) {
      Json.Obj key = object(item);
      if (mayEncrypt(key)) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  private static boolean mayEncrypt(Json.Obj key) throws RefutedException {
    if (text(key, "key_use").equals(Optional.of("enc"))) {
      return true;
    }
    Optional<List<Json>> operations =
        optional(key, "key_ops", value -> value.asArray(MAX_OPERATIONS));
    return operations.orElse(List.of()).stream()
        .anyMatch(
            operation -> operation instanceof Json.Str text && text.value().equals("encrypt"));
  }

  private static Json.Obj object(Json value) throws RefutedException {
    try {
      return value.asObject();
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(MaaFinding.JWT_TYPE));
    }
  }

  private static Optional<String> text(Json.Obj object, String name) throws RefutedException {
    return optional(object, name, Json::asString);
  }

  private static Bytes base64(Json value) throws MalformedException {
    return Base64s.decode(value.where(), value.asString());
  }

  private static RefutedException refuted(String actual) {
    return new RefutedException(
        Finding.of(MaaFinding.JWT_GUEST_KEY, "the guest's key in x-ms-runtime.keys", actual));
  }
}

package io.github.cvmattestation.azure.internal.keyvault;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.ReleaseFinding;
import java.util.Optional;

/**
 * What an HSM answers to either request (Key Vault REST 2026-01-01-preview,
 * SecureKeyOperationResult): {@code {kid, value, alg}}, all three required, and nothing else: with
 * a fourth it is another service than the one that was described. Nothing in it is signed.
 */
public final class SecureWrapAnswer {
  /** RSA of 4096 bits and a long name need some 900. */
  private static final int MAX_SIZE = 4 << 10;

  private static final String NAME = "secure wrap answer";

  private SecureWrapAnswer() {}

  /**
   * The value, once the answer says that it is of this key and made this way.
   *
   * @param asked with its version
   */
  public static Bytes read(Bytes body, KeyId asked) throws MalformedException, RefutedException {
    Json.Obj answer = StrictJson.parse(NAME, body, MAX_SIZE).asObject();
    answer.onlyMembers("kid", "value", "alg");
    Optional<KeyId> key = KeyId.parse(answer.require("kid").asString());
    if (key.isEmpty()
        || !key.get().isSameKey(asked)
        || !key.get().version().equals(asked.version())) {
      throw refuted(ReleaseFinding.SKR_KEY_ID, "the key that was asked for");
    }
    if (!answer.require("alg").asString().equals(SecureWrapCall.ALGORITHM)) {
      throw refuted(ReleaseFinding.SKR_ENC, SecureWrapCall.ALGORITHM);
    }
    Json value = answer.require("value");
    return Base64s.decode(value.where(), value.asString());
  }

  private static RefutedException refuted(ReleaseFinding code, String expected) {
    return new RefutedException(Finding.of(code, expected, "another"));
  }
}

package io.github.cvmattestation.azure.internal.policy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.azure.ReleasePolicy;
import java.util.Optional;

/** The claims of a token, by their path. */
public final class ClaimsReader {
  private final Json.Obj root;

  private ClaimsReader(Json.Obj root) {
    this.root = root;
  }

  /** Reads a token's payload. */
  public static ClaimsReader read(Bytes claims) throws MalformedException {
    return new ClaimsReader(
        StrictJson.parse("claims", claims, ReleasePolicy.MAX_CLAIMS_SIZE).asObject());
  }

  /** What stands at the end of {@code path}; dots lead through objects alone, never an array. */
  Optional<Json> at(String path) {
    Json value = root;
    for (String name : path.split("\\.", -1)) {
      Optional<Json> member =
          value instanceof Json.Obj object ? object.get(name) : Optional.empty();
      if (member.isEmpty()) {
        return Optional.empty();
      }
      value = member.get();
    }
    return Optional.of(value);
  }
}

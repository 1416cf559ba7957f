package io.github.cvmattestation.azure.internal.maa;

import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.MaaFinding;
import java.util.Optional;

/** Reads claims at exact places: a claim of the same name elsewhere is another claim. */
final class ClaimPath {
  private ClaimPath() {}

  /** A reading of a JSON value that may not be of the right type. */
  interface Reading<T> {
    T of(Json value) throws MalformedException;
  }

  static <T> T require(Json.Obj object, String name, Reading<T> reading) throws RefutedException {
    Optional<T> value = optional(object, name, reading);
    if (value.isEmpty()) {
      throw new RefutedException(
          Finding.of(MaaFinding.JWT_TYPE, object.where() + "." + name, "no such claim"));
    }
    return value.get();
  }

  static <T> Optional<T> optional(Json.Obj object, String name, Reading<T> reading)
      throws RefutedException {
    Optional<Json> value = object.get(name);
    if (value.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(reading.of(value.get()));
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(MaaFinding.JWT_TYPE));
    }
  }
}

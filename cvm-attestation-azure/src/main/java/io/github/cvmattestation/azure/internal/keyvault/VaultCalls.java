package io.github.cvmattestation.azure.internal.keyvault;

import io.github.cvmattestation.attestation.AttestationException;
import java.util.function.Supplier;

/** Calls of the Azure SDK whose every failure is an {@link AttestationException}. */
public final class VaultCalls {
  private VaultCalls() {}

  /** What {@code call} gives, or our words for why it gives nothing. */
  public static <T> T asked(Supplier<T> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      throw VaultErrors.of(e);
    }
  }

  /** The answer is a success, and not what the protocol says it is. */
  public static AttestationException malformed() {
    return VaultErrors.malformed();
  }
}

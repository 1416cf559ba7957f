package io.github.cvmattestation.azure.internal.maa;

import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.internal.JsonCursor;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.azure.MaaAttestationType;
import io.github.cvmattestation.azure.MaaFinding;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Claims that the guest's kind of token has one level down, in x-ms-isolation-tee, and a platform's
 * own kinds at the top.
 */
final class HardwareClaims {
  private @Nullable String type;
  private @Nullable String compliance;
  private @Nullable Boolean snpDebug;
  private @Nullable Boolean tdxDebug;

  /** Consumes a member, whatever it is. */
  void read(JsonCursor in) throws RefutedException {
    switch (in.name()) {
      case "x-ms-attestation-type" -> type = in.string();
      case "x-ms-compliance-status" -> compliance = in.string();
      case "x-ms-sevsnpvm-is-debuggable" -> snpDebug = in.bool();
      case "tdx_td_attributes_debug" -> tdxDebug = in.bool();
      default -> in.skipUnsigned();
    }
  }

  /** x-ms-attestation-type, which must be there. */
  MaaAttestationType type(String where) throws RefutedException {
    if (type == null) {
      throw new RefutedException(
          Finding.of(MaaFinding.JWT_TYPE, where + ".x-ms-attestation-type", "no such claim"));
    }
    return MaaAttestationType.ofClaim(type)
        .orElseThrow(
            () ->
                new RefutedException(
                    Finding.of(
                        MaaFinding.JWT_ATTESTATION_TYPE, "azurevm, sevsnpvm or tdxvm", "another")));
  }

  /** The same, of what isolates a VM: that is no VM itself. */
  MaaAttestationType tee(String where) throws RefutedException {
    MaaAttestationType tee = type(where);
    if (tee == MaaAttestationType.AZURE_VM) {
      throw new RefutedException(
          Finding.of(MaaFinding.JWT_ATTESTATION_TYPE, "sevsnpvm or tdxvm as the TEE", "azurevm"));
    }
    return tee;
  }

  Optional<String> compliance() {
    return Optional.ofNullable(compliance);
  }

  /** Whether the hardware lets its host debug the VM. */
  Optional<Boolean> debug() {
    return Optional.ofNullable(snpDebug == null ? tdxDebug : snpDebug);
  }
}

package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.internal.TcbInfoFormat;
import io.github.cvmattestation.tdx.internal.TcbLevels;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * TCB Info, version 3, for TDX: what Intel says of a family of platforms (Intel PCS API v4, {@code
 * /tdx/certification/v4/tcb}). Parsed, not believed.
 *
 * @param issueDate when Intel made it
 * @param nextUpdate when it ends
 * @param fmspc 6 bytes: the family, model, stepping and custom SKU it is about
 * @param pceId 2 bytes
 * @param evaluationDataNumber tcbEvaluationDataNumber: grows with each TCB recovery
 * @param module how a module from before versioning must be signed
 * @param moduleIdentities modules from version 1 on; at most one for each version
 * @param levels no two of the same TCB; from the highest down, whatever order they are given in.
 *     The first that a platform reaches is its own
 */
public record TcbInfo(
    Instant issueDate,
    Instant nextUpdate,
    Bytes fmspc,
    Bytes pceId,
    int evaluationDataNumber,
    TdxModule module,
    List<TdxModuleIdentity> moduleIdentities,
    List<TcbLevel> levels) {
  public TcbInfo {
    moduleIdentities = List.copyOf(moduleIdentities);
    levels = TcbLevels.sorted(levels, TcbLevels.PLATFORM);
  }

  /**
   * Reads what Intel signed, without looking at the signature. Members that Intel may have added to
   * a document, a level or a module identity are passed over; members beside those that are
   * compared are refused.
   *
   * @throws MalformedException if it is anything but TCB Info of version 3 for TDX, or names a
   *     status that no specification does
   */
  public static TcbInfo parse(SignedText signed) throws MalformedException {
    try {
      return TcbInfoFormat.read(signed);
    } catch (RefutedException e) {
      throw new MalformedException("TCB Info", e.finding());
    }
  }

  /** The identity of modules of this major version, which is at least 1. */
  public Optional<TdxModuleIdentity> moduleIdentity(int version) {
    for (TdxModuleIdentity identity : moduleIdentities) {
      if (identity.version() == version) {
        return Optional.of(identity);
      }
    }
    return Optional.empty();
  }
}

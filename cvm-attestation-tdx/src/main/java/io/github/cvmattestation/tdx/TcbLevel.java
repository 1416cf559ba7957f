package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.Bytes;
import java.time.Instant;
import java.util.List;

/**
 * One level of a platform's TCB (Intel PCS API v4, TCB Info V3, {@code tcbLevels}).
 *
 * @param sgxComponents sgxtcbcomponents: 16 SVNs, one byte each, in Intel's order
 * @param pceSvn pcesvn, 16 bits
 * @param tdxComponents tdxtcbcomponents: 16 SVNs, in the order of TEE_TCB_SVN
 * @param tcbDate {@code tcbDate}: whatever was disclosed before it is mitigated
 * @param status what a platform at this level is; never one of the relaunch states
 * @param advisories {@code advisoryIDs}, perhaps none
 */
public record TcbLevel(
    Bytes sgxComponents,
    int pceSvn,
    Bytes tdxComponents,
    Instant tcbDate,
    TcbStatus status,
    List<String> advisories) {
  /** How many components there are, of either kind. */
  public static final int COMPONENTS = 16;

  public TcbLevel {
    if (sgxComponents.size() != COMPONENTS || tdxComponents.size() != COMPONENTS) {
      throw new IllegalArgumentException("16 components of either kind");
    }
    advisories = List.copyOf(advisories);
  }
}

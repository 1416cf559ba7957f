package io.github.cvmattestation.tdx;

import java.time.Instant;
import java.util.List;

/**
 * One level of a TDX module or quoting enclave (Intel PCS API v4, {@code tcbLevels} of
 * tdxModuleIdentities and of Enclave Identity V2).
 *
 * @param isvSvn ISVSVN, 16 bits
 * @param tcbDate {@code tcbDate}
 * @param status UpToDate, OutOfDate or Revoked
 * @param advisories {@code advisoryIDs}, perhaps none
 */
public record IsvLevel(int isvSvn, Instant tcbDate, TcbStatus status, List<String> advisories) {
  public IsvLevel {
    advisories = List.copyOf(advisories);
  }
}

package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.PckCertificate;
import io.github.cvmattestation.tdx.TdxCollateral;

/** Where collateral comes from, once it is known for which platform. */
@FunctionalInterface
public interface CollateralSource {
  /**
   * The collateral for {@code pck}.
   *
   * @throws RefutedException if there is none, or it cannot be read
   */
  TdxCollateral forPlatform(PckCertificate pck) throws RefutedException;
}

package io.github.cvmattestation.tdx;

import java.util.Optional;

/**
 * Who issues PCK certificates, each with a revocation list of its own (Intel SGX PCK Certificate
 * Specification §1.2; Intel PCS API v4, {@code pckcrl?ca=}).
 */
public enum PckAuthority {
  /** For processors that are known to Intel one by one. */
  PROCESSOR("Intel SGX PCK Processor CA"),
  /** For platforms of several packages that registered themselves. */
  PLATFORM("Intel SGX PCK Platform CA");

  private final String commonName;

  PckAuthority(String commonName) {
    this.commonName = commonName;
  }

  /** The CN of its subject. */
  public String commonName() {
    return commonName;
  }

  /** The authority with exactly this CN. */
  public static Optional<PckAuthority> ofCommonName(String commonName) {
    for (PckAuthority authority : values()) {
      if (authority.commonName.equals(commonName)) {
        return Optional.of(authority);
      }
    }
    return Optional.empty();
  }
}

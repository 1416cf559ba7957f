package io.github.cvmattestation.tdx;

import java.util.function.Predicate;

/**
 * What a relying party may want of a platform's configuration (Intel SGX PCK Certificate
 * Specification §1.3.5, Configuration). Only certificates of the Platform CA state it; a platform
 * of which it is not known meets no demand.
 */
public enum ConfigurationDemand {
  /** No packages may be added after registration. */
  STATIC_PLATFORM(setup -> !setup.dynamicPlatform()),
  /** Intel does not keep the platform's root keys. */
  NO_CACHED_KEYS(setup -> !setup.cachedKeys()),
  /** Simultaneous multithreading is off. */
  NO_SMT(setup -> !setup.smtEnabled());

  private final Predicate<PckCertificate.Configuration> holds;

  ConfigurationDemand(Predicate<PckCertificate.Configuration> holds) {
    this.holds = holds;
  }

  boolean holds(PckCertificate.Configuration configuration) {
    return holds.test(configuration);
  }
}

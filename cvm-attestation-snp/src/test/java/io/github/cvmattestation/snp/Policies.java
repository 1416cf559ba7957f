package io.github.cvmattestation.snp;

import java.util.Set;

/** Policies to start from. */
final class Policies {
  private Policies() {}

  /** Every line, every question ignored: what is left are the defaults. */
  static SnpPolicy.Builder indifferent() {
    return SnpPolicy.builder()
        .requireProductLines(Set.of(ProductLine.values()))
        .ignoreTcb()
        .ignoreMeasurement()
        .ignoreReportData()
        .ignoreHostData()
        .ignoreIdBlock()
        .ignoreChip();
  }
}

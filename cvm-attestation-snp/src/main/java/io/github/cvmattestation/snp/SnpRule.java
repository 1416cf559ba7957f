package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.AppraisalPolicy;

/** One sentence of an {@link SnpPolicy}. */
@FunctionalInterface
interface SnpRule {
  void appraise(SnpClaims claims, AppraisalPolicy.Report report);
}

package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.AppraisalPolicy;

/** One sentence of a {@link TdxPolicy}. */
@FunctionalInterface
interface TdxRule {
  void appraise(TdxClaims claims, AppraisalPolicy.Report report);
}

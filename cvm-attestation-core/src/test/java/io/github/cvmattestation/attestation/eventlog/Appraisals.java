package io.github.cvmattestation.attestation.eventlog;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationResult;
import io.github.cvmattestation.attestation.Check;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Claims;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.Ledger;
import java.util.List;

/** What a rule finds in claims. */
final class Appraisals {
  private Appraisals() {}

  static List<Finding> rejections(AppraisalPolicy.Rule rule, Claims claims) {
    return rejections(AppraisalPolicy.of(rule), claims);
  }

  static List<Finding> rejections(AppraisalPolicy policy, Claims claims) {
    Ledger ledger = new Ledger();
    ledger.passed(new Looked());
    return policy.appraise(ledger.verified(ClaimSet.of(claims)))
            instanceof AttestationResult.Rejected rejected
        ? rejected.findings()
        : List.of();
  }

  /** A check, so that there is a verdict to appraise. */
  private record Looked() implements Check {
    @Override
    public String id() {
      return "test.looked";
    }

    @Override
    public String statement() {
      return "somebody looked";
    }
  }
}

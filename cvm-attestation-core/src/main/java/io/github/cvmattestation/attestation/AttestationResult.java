package io.github.cvmattestation.attestation;

import java.util.List;

/** What a policy says of proven claims (RFC 9334, section 8.4). */
public sealed interface AttestationResult
    permits AttestationResult.Affirmed, AttestationResult.Rejected {
  /** Every rule that did not hold; empty where affirmed. */
  List<Finding> findings();

  /** What holds but deserves a reader's attention. */
  List<Finding> warnings();

  /** The machine is what the policy asks for. */
  final class Affirmed implements AttestationResult {
    private final Verification.Verified verified;
    private final List<Finding> warnings;

    Affirmed(Verification.Verified verified, List<Finding> warnings) {
      this.verified = verified;
      this.warnings = List.copyOf(warnings);
    }

    /** The proven claims that were affirmed. */
    public ClaimSet claims() {
      return verified.claims();
    }

    /** The verification this result stands on. */
    public Verification.Verified verified() {
      return verified;
    }

    @Override
    public List<Finding> findings() {
      return List.of();
    }

    @Override
    public List<Finding> warnings() {
      return warnings;
    }
  }

  /** The machine is genuine, but not one that the policy wants. */
  final class Rejected implements AttestationResult {
    private final List<Finding> findings;
    private final List<Finding> warnings;

    Rejected(List<Finding> findings, List<Finding> warnings) {
      this.findings = List.copyOf(findings);
      this.warnings = List.copyOf(warnings);
    }

    @Override
    public List<Finding> findings() {
      return findings;
    }

    @Override
    public List<Finding> warnings() {
      return warnings;
    }

    @Override
    public String toString() {
      return "Rejected" + findings;
    }
  }
}

package io.github.cvmattestation.attestation;

import java.util.List;

/** What a verifier says of evidence: {@link Verified} or {@link Refuted}, never an exception. */
public sealed interface Verification permits Verification.Verified, Verification.Refuted {
  /** The checks that ran and held, in the order in which they ran. */
  List<Check> checks();

  /** Why not; empty where verified. */
  List<Finding> findings();

  /** Evidence whose every claim is covered by a signature that was checked. */
  final class Verified implements Verification {
    private final ClaimSet claims;
    private final List<Check> checks;
    private final List<Finding> notes;

    Verified(ClaimSet claims, List<Check> checks, List<Finding> notes) {
      this.claims = claims;
      this.checks = List.copyOf(checks);
      this.notes = List.copyOf(notes);
    }

    /** What the evidence proves. */
    public ClaimSet claims() {
      return claims;
    }

    /** What was allowed not to be checked, such as revocation where no CRL was given. */
    public List<Finding> notes() {
      return notes;
    }

    @Override
    public List<Check> checks() {
      return checks;
    }

    @Override
    public List<Finding> findings() {
      return List.of();
    }

    @Override
    public String toString() {
      return "Verified" + checks.stream().map(Check::id).toList();
    }
  }

  /** Evidence that is forged, stale, malformed, or whose proof is incomplete. It has no claims. */
  final class Refuted implements Verification {
    private final List<Finding> findings;
    private final List<Check> checks;

    Refuted(List<Finding> findings, List<Check> checks) {
      this.findings = List.copyOf(findings);
      this.checks = List.copyOf(checks);
    }

    @Override
    public List<Check> checks() {
      return checks;
    }

    @Override
    public List<Finding> findings() {
      return findings;
    }

    @Override
    public String toString() {
      return "Refuted" + findings;
    }
  }
}

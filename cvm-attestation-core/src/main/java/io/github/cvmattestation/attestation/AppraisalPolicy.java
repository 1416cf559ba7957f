package io.github.cvmattestation.attestation;

import io.github.cvmattestation.attestation.eventlog.BootClaims;
import io.github.cvmattestation.attestation.eventlog.BootPolicy;
import io.github.cvmattestation.attestation.internal.CoreFinding;
import io.github.cvmattestation.attestation.spi.TeeModule;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a relying party accepts (RFC 9334, section 8.5).
 *
 * <p>A policy is made of rules, one for each group of claims. A group of proven claims that no rule
 * speaks about is a reason to reject, and so is a rule about claims that were not proven: silence
 * never accepts.
 */
public final class AppraisalPolicy {
  /** One module's part of a policy, such as {@code SnpPolicy}. */
  public interface Rule {
    /** The ids of the groups of claims that this rule judges; all of them must be proven. */
    Set<String> subjects();

    /** Judges proven claims and reports every failure, not only the first. */
    void appraise(ClaimSet claims, Report report);
  }

  /** Where rules put what they find. */
  public static final class Report {
    private final List<Finding> findings = new ArrayList<>();
    private final List<Finding> warnings = new ArrayList<>();

    private Report() {}

    /** A rule that does not hold. */
    public void reject(Finding finding) {
      findings.add(finding);
    }

    /** A rule that holds, with something a reader must know. */
    public void warn(Finding finding) {
      warnings.add(finding);
    }

    /** Rejects unless {@code holds}. */
    public void require(boolean holds, FindingCode code, String expected, Object actual) {
      if (!holds) {
        reject(Finding.of(code, expected, actual.toString()));
      }
    }
  }

  private final List<Rule> rules;

  private AppraisalPolicy(List<Rule> rules) {
    this.rules = rules;
  }

  /** A policy of the given rules, at least one. */
  public static AppraisalPolicy of(Rule... rules) {
    if (rules.length == 0) {
      throw new AttestationException.Configuration(
          "a policy without rules would accept nothing", "name at least one rule");
    }
    return new AppraisalPolicy(List.of(rules));
  }

  /**
   * The policy that {@code values} describe: one rule for each section, made by the module of that
   * name on the class path; {@code boot} is {@link BootPolicy}'s, whatever the module.
   *
   * @throws AttestationException.Configuration for a section that no module knows, or that its
   *     module refuses
   */
  public static AppraisalPolicy fromReferenceValues(ReferenceValues values) {
    List<Rule> rules = new ArrayList<>();
    values
        .sections()
        .forEach(
            (id, json) ->
                rules.add(
                    id.equals(BootClaims.ID)
                        ? BootPolicy.parse(json)
                        : TeeModule.byId(id).policyRule(json)));
    return of(rules.toArray(Rule[]::new));
  }

  /** Holds the proven claims against every rule. */
  public AttestationResult appraise(Verification.Verified verified) {
    Report report = new Report();
    for (Claims group : verified.claims().groups()) {
      if (rules.stream().noneMatch(rule -> rule.subjects().contains(group.id()))) {
        report.reject(Finding.of(CoreFinding.POLICY_SILENT, "a rule about " + group.id(), "none"));
      }
    }
    Set<String> proven =
        verified.claims().groups().stream().map(Claims::id).collect(Collectors.toSet());
    for (Rule rule : rules) {
      for (String subject : rule.subjects()) {
        if (!proven.contains(subject)) {
          report.reject(
              Finding.of(CoreFinding.CLAIMS_ABSENT, "proven claims about " + subject, "none"));
        }
      }
      if (proven.containsAll(rule.subjects())) {
        rule.appraise(verified.claims(), report);
      }
    }
    return report.findings.isEmpty()
        ? new AttestationResult.Affirmed(verified, report.warnings)
        : new AttestationResult.Rejected(report.findings, report.warnings);
  }
}

package io.github.cvmattestation.azure.internal.policy;

import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.azure.ReleaseCondition;
import io.github.cvmattestation.azure.ReleaseCondition.Clause;
import io.github.cvmattestation.azure.ReleasePolicy;
import io.github.cvmattestation.azure.ReleasePolicyFinding;
import io.github.cvmattestation.azure.internal.policy.Demands.Demand;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Finds the weakest way in which each branch of a policy can hold. */
public final class PolicyJudge {
  private static final int MAX_CHOICES = 4;

  private PolicyJudge() {}

  /** What is wrong with {@code policy}. */
  public static List<Finding> findings(ReleasePolicy policy, Optional<Set<String>> accepted) {
    List<Finding> findings = new ArrayList<>();
    for (int i = 0; i < policy.branches().size(); i++) {
      ReleasePolicy.Branch branch = policy.branches().get(i);
      String path = "anyOf[" + i + "]";
      judgeAuthority(branch.authority(), path, accepted).ifPresent(findings::add);
      findings.addAll(judge(branch.conditions(), path));
    }
    return findings;
  }

  private static Optional<Finding> judgeAuthority(
      String authority, String path, Optional<Set<String>> accepted) {
    Optional<String> problem = Authorities.problem(authority);
    if (problem.isEmpty() && accepted.isPresent() && !accepted.get().contains(authority)) {
      problem = Optional.of("none of those that are accepted");
    }
    return problem.map(
        wrong ->
            Finding.of(
                ReleasePolicyFinding.POLICY_AUTHORITY,
                path + ".authority: an accepted issuer with https",
                PolicyText.shown(authority) + ": " + wrong));
  }

  private static List<Finding> judge(ReleaseCondition conditions, String path) {
    Set<String> claims = Demands.claims();
    if (Alternatives.count(conditions, claims) > Alternatives.MAX) {
      return List.of(
          Finding.of(
              ReleasePolicyFinding.POLICY_WEAK,
              path + ": at most " + Alternatives.MAX + " ways to hold",
              "more than anybody can judge"));
    }
    // The same demand is missing in many ways at once: the first of them is enough to mend it.
    Map<String, Finding> missing = new LinkedHashMap<>();
    for (Alternatives.Way way : Alternatives.of(conditions, path, claims)) {
      for (Demand demand : missing(way.clauses())) {
        missing.computeIfAbsent(key(demand), key -> finding(demand, way, path));
      }
    }
    return List.copyOf(missing.values());
  }

  /** Of which hardware is missing once for all hardware. */
  private static String key(Demand demand) {
    return demand.code() == ReleasePolicyFinding.POLICY_WEAK
        ? demand.clause().claim()
        : demand.code().name();
  }

  /**
   * What is missing for the hardware and shape that these clauses come closest to. Whether they
   * name the hardware decides first: nobody knows what the other demands are worth without.
   */
  private static List<Demand> missing(List<Clause> clauses) {
    List<List<Demand>> candidates = new ArrayList<>();
    for (Demands.Shape shape : Demands.Shape.values()) {
      for (Demands.Tee tee : Demands.Tee.values()) {
        candidates.add(
            Demands.of(tee, shape).stream()
                .filter(demand -> !clauses.contains(demand.clause()))
                .toList());
      }
    }
    return candidates.stream()
        .min(Comparator.comparing(PolicyJudge::withoutType).thenComparing(List::size))
        .orElseThrow();
  }

  private static boolean withoutType(List<Demand> missing) {
    return missing.stream().anyMatch(demand -> demand.code() == ReleasePolicyFinding.POLICY_TYPE);
  }

  private static Finding finding(Demand demand, Alternatives.Way way, String path) {
    String found =
        way.clauses().stream()
            .filter(clause -> clause.claim().equals(demand.clause().claim()))
            .findFirst()
            .map(Clause::toString)
            .orElse("nothing of that claim");
    String expected =
        demand.code() == ReleasePolicyFinding.POLICY_TYPE
            ? PolicyText.shown(demand.clause().claim()) + " equals \"sevsnpvm\" or \"tdxvm\""
            : demand.clause().toString();
    return Finding.of(demand.code(), path + ": " + expected, found + where(way.choices()));
  }

  private static String where(List<String> choices) {
    if (choices.isEmpty()) {
      return "";
    }
    String shown = String.join(", ", choices.subList(0, Math.min(choices.size(), MAX_CHOICES)));
    return ", where " + shown + (choices.size() > MAX_CHOICES ? ", …" : "") + " holds";
  }
}

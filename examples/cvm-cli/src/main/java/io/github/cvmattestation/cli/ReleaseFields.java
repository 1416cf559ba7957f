package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.azure.ReleaseCondition;
import io.github.cvmattestation.azure.ReleaseCondition.Clause;
import io.github.cvmattestation.azure.ReleasePolicy;
import io.github.cvmattestation.azure.ReleasePolicyLinter;
import java.util.ArrayList;
import java.util.List;

/** What a release policy asks for, and what it forgets to ask. */
final class ReleaseFields {
  private static final String HINT =
      "a hint and no verdict, with any authority accepted; see cvm policy lint";

  private ReleaseFields() {}

  static ClaimValue.Group of(ReleasePolicy policy) {
    List<ClaimValue> branches = new ArrayList<>();
    for (ReleasePolicy.Branch branch : policy.branches()) {
      ClaimValue.Builder fields = ClaimValue.Group.builder().put("authority", branch.authority());
      branches.add(put(fields, branch.conditions()));
    }
    return ClaimValue.Group.builder()
        .put("hash", policy.hash())
        .put("anyOf", new ClaimValue.Many(branches))
        .put("lint", lint(policy))
        .build();
  }

  private static ClaimValue.Group put(ClaimValue.Builder fields, ReleaseCondition.Group group) {
    List<ClaimValue> conditions = new ArrayList<>();
    for (ReleaseCondition condition : group.conditions()) {
      conditions.add(
          condition instanceof ReleaseCondition.Group inner
              ? put(ClaimValue.Group.builder(), inner)
              : new ClaimValue.Text(ReleaseExplain.sentence((Clause) condition)));
    }
    return fields.put(group.word(), new ClaimValue.Many(conditions)).build();
  }

  private static ClaimValue.Group lint(ReleasePolicy policy) {
    List<ClaimValue> findings = new ArrayList<>();
    for (Finding finding : ReleasePolicyLinter.allowAnyAuthority().lint(policy)) {
      findings.add(
          ClaimValue.Group.builder()
              .put("code", finding.code().name())
              .put("expected", finding.expected())
              .put("actual", finding.actual())
              .put("clause", finding.clause())
              .build());
    }
    return ClaimValue.Group.builder()
        .put("meaning", HINT)
        .put("findings", new ClaimValue.Many(findings))
        .build();
  }
}

package io.github.cvmattestation.attestation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import io.github.cvmattestation.attestation.internal.CoreFinding;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AppraisalPolicyTest {
  private enum Code implements FindingCode {
    FIRST,
    SECOND,
    THIRD;

    @Override
    public String clause() {
      return "a clause";
    }
  }

  private record Group(String id) implements Claims {
    @Override
    public ClaimValue.Group toGroup() {
      return ClaimValue.Group.builder().put("id", id).build();
    }
  }

  private record Judge(Set<String> subjects, Consumer<AppraisalPolicy.Report> judgement)
      implements AppraisalPolicy.Rule {
    @Override
    public void appraise(ClaimSet claims, AppraisalPolicy.Report report) {
      judgement.accept(report);
    }
  }

  private static final Finding FIRST = Finding.of(Code.FIRST, "a", "b");
  private static final Finding SECOND = Finding.of(Code.SECOND, "a", "b");

  @Test
  void aPolicyWithoutRulesIsRefused() {
    assertThatExceptionOfType(AttestationException.Configuration.class)
        .isThrownBy(AppraisalPolicy::of)
        .satisfies(e -> assertThat(e.remedy()).isNotBlank());
    assertThatExceptionOfType(AttestationException.Configuration.class)
        .isThrownBy(() -> AppraisalPolicy.fromReferenceValues(values("{}")));
  }

  @Test
  void provenClaimsThatHoldAreAffirmed() {
    Verification.Verified verified = verified("a", "b");
    AttestationResult result = AppraisalPolicy.of(judge(Set.of("a", "b"))).appraise(verified);
    assertThat(result).isInstanceOf(AttestationResult.Affirmed.class);
    assertThat(result.findings()).isEmpty();
    assertThat(((AttestationResult.Affirmed) result).verified()).isSameAs(verified);
    assertThat(((AttestationResult.Affirmed) result).claims()).isSameAs(verified.claims());
  }

  @Test
  void aGroupOfClaimsThatNobodyJudgesIsRejected() {
    AttestationResult result =
        AppraisalPolicy.of(judge(Set.of("a"))).appraise(verified("a", "b", "c"));
    assertThat(result).isInstanceOf(AttestationResult.Rejected.class);
    assertThat(result.findings())
        .extracting(Finding::code, Finding::expected)
        .containsExactly(
            tuple(CoreFinding.POLICY_SILENT, "a rule about b"),
            tuple(CoreFinding.POLICY_SILENT, "a rule about c"));
  }

  /** A rule that only looks at claims it finds would otherwise affirm what was never proven. */
  @Test
  void aRuleAboutClaimsThatWereNotProvenIsRejectedAndNotAsked() {
    AttestationResult result =
        AppraisalPolicy.of(
                judge(Set.of("a")), judge(Set.of("a", "b"), report -> report.reject(FIRST)))
            .appraise(verified("a"));
    assertThat(result.findings())
        .extracting(Finding::code, Finding::expected)
        .containsExactly(tuple(CoreFinding.CLAIMS_ABSENT, "proven claims about b"));
  }

  @Test
  void everyFailureOfEveryRuleIsReported() {
    AppraisalPolicy policy =
        AppraisalPolicy.of(
            judge(
                Set.of("a"),
                report -> {
                  report.reject(FIRST);
                  report.reject(SECOND);
                }),
            judge(
                Set.of("b"), report -> report.require(false, Code.THIRD, "so", Bytes.ofHex("aa"))));
    assertThat(policy.appraise(verified("a", "b", "c")).findings())
        .extracting(Finding::code)
        .containsExactlyInAnyOrder(CoreFinding.POLICY_SILENT, Code.FIRST, Code.SECOND, Code.THIRD);
  }

  @Test
  void oneFailureAmongManyRulesRejects() {
    for (int failing = 0; failing < 3; failing++) {
      List<AppraisalPolicy.Rule> rules =
          new ArrayList<>(List.of(judge(Set.of("a")), judge(Set.of("a")), judge(Set.of("a"))));
      rules.set(failing, judge(Set.of("a"), report -> report.reject(FIRST)));
      AttestationResult result =
          AppraisalPolicy.of(rules.toArray(AppraisalPolicy.Rule[]::new)).appraise(verified("a"));
      assertThat(result).isInstanceOf(AttestationResult.Rejected.class);
      assertThat(result.findings()).containsExactly(FIRST);
    }
  }

  @Test
  void aWarningDoesNotRejectAndIsNotLost() {
    AttestationResult affirmed =
        AppraisalPolicy.of(judge(Set.of("a"), report -> report.warn(FIRST)))
            .appraise(verified("a"));
    assertThat(affirmed).isInstanceOf(AttestationResult.Affirmed.class);
    assertThat(affirmed.warnings()).containsExactly(FIRST);
    AttestationResult rejected =
        AppraisalPolicy.of(
                judge(
                    Set.of("a"),
                    report -> {
                      report.warn(FIRST);
                      report.reject(SECOND);
                    }))
            .appraise(verified("a"));
    assertThat(rejected.warnings()).containsExactly(FIRST);
    assertThat(rejected.findings()).containsExactly(SECOND);
  }

  @Test
  void aRequirementThatHoldsLeavesNoTrace() {
    AttestationResult result =
        AppraisalPolicy.of(judge(Set.of("a"), report -> report.require(true, Code.FIRST, "x", "y")))
            .appraise(verified("a"));
    assertThat(result).isInstanceOf(AttestationResult.Affirmed.class);
    assertThat(result.warnings()).isEmpty();
  }

  @Test
  void aRuleThatKeepsItsReportCannotChangeTheResult() {
    List<AppraisalPolicy.Report> kept = new ArrayList<>();
    AttestationResult affirmed =
        AppraisalPolicy.of(judge(Set.of("a"), kept::add)).appraise(verified("a"));
    kept.get(0).reject(FIRST);
    kept.get(0).warn(SECOND);
    assertThat(affirmed.findings()).isEmpty();
    assertThat(affirmed.warnings()).isEmpty();
    AttestationResult rejected =
        AppraisalPolicy.of(
                judge(
                    Set.of("a"),
                    report -> {
                      report.reject(FIRST);
                      kept.set(0, report);
                    }))
            .appraise(verified("a"));
    kept.get(0).reject(SECOND);
    assertThat(rejected.findings()).containsExactly(FIRST);
    assertThatExceptionOfType(UnsupportedOperationException.class)
        .isThrownBy(() -> rejected.findings().clear());
  }

  @Test
  void appraisalsDoNotSeeEachOther() {
    AppraisalPolicy policy = AppraisalPolicy.of(judge(Set.of("a"), report -> report.reject(FIRST)));
    policy.appraise(verified("a"));
    assertThat(policy.appraise(verified("a")).findings()).containsExactly(FIRST);
  }

  @Test
  void changingTheArrayOfRulesAfterwardsChangesNothing() {
    AppraisalPolicy.Rule[] rules = {judge(Set.of("a"), report -> report.reject(FIRST))};
    AppraisalPolicy policy = AppraisalPolicy.of(rules);
    rules[0] = judge(Set.of("a"));
    assertThat(policy.appraise(verified("a"))).isInstanceOf(AttestationResult.Rejected.class);
  }

  @Test
  void aSectionThatNoModuleKnowsIsAMistakeOfThePolicy() {
    assertThatExceptionOfType(AttestationException.Configuration.class)
        .isThrownBy(() -> AppraisalPolicy.fromReferenceValues(values("{\"no-such-module\":{}}")))
        .withMessageContaining("no-such-module")
        .satisfies(e -> assertThat(e.remedy()).contains("class path"));
  }

  private static ReferenceValues values(String json) {
    return ReferenceValues.parse(Bytes.of(json.getBytes(StandardCharsets.UTF_8)));
  }

  private static AppraisalPolicy.Rule judge(Set<String> subjects) {
    return judge(subjects, report -> {});
  }

  private static AppraisalPolicy.Rule judge(
      Set<String> subjects, Consumer<AppraisalPolicy.Report> judgement) {
    return new Judge(subjects, judgement);
  }

  private static Verification.Verified verified(String... ids) {
    Claims[] groups = List.of(ids).stream().map(Group::new).toArray(Claims[]::new);
    Ledger ledger = new Ledger();
    ledger.passed(new Looked());
    return ledger.verified(ClaimSet.of(groups));
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

package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the TCB must stand. Both assessments are judged, that of the launch by Intel's one status and
 * that of the present by its own: a TD may have been launched on a good TCB and run on a bad one.
 *
 * @param accepted the statuses that are accepted without a limit in time, UpToDate among them
 * @param grace for how long OutOfDate is accepted too
 * @param limits the statuses that a part may have, where the policy says so
 * @param mayBeWorse whether the TCB may stand worse now than at launch
 */
record TcbStatusRule(
    Set<TcbStatus> accepted,
    Optional<Duration> grace,
    Map<TcbComponent, Set<TcbStatus>> limits,
    boolean mayBeWorse)
    implements TdxRule {

  TcbStatusRule {
    accepted = Set.copyOf(accepted);
    limits = Map.copyOf(limits);
  }

  @Override
  public void appraise(TdxClaims claims, AppraisalPolicy.Report report) {
    TcbEvaluation tcb = claims.tcb();
    Instant at = claims.verifiedAt();
    TcbAssessment launch = tcb.launch();
    // Without an update since the launch there is one thing to say, and it is said once.
    boolean isSame = tcb.current().equals(Optional.of(launch));
    judge(isSame ? "at launch and now" : "at launch", tcb.status(), launch, at, report);
    limits.keySet().stream().sorted().forEach(part -> limit(part, launch, report));
    if (tcb.current().isEmpty() || isSame) {
      return;
    }
    TcbAssessment now = tcb.current().get();
    judge("now", now.status(), now, at, report);
    limits.keySet().stream()
        .sorted()
        .filter(part -> !part.of(now).equals(part.of(launch)))
        .forEach(part -> limit(part, now, report));
    if (!mayBeWorse && isWorse(launch, now)) {
      report.reject(
          Finding.of(
              TdxFinding.TDX_TCB_STATUS,
              "a TCB that stands no worse now than at launch, " + inWords(launch.status(), launch),
              inWords(now.status(), now)));
    }
  }

  private void judge(
      String when,
      TcbStatus status,
      TcbAssessment assessment,
      Instant at,
      AppraisalPolicy.Report report) {
    if (status == TcbStatus.UP_TO_DATE) {
      return;
    }
    requireNothingHidden(when, assessment, report);
    String expected = "TCB status " + when + " one of " + inOrder(accepted);
    String actual = inWords(status, assessment);
    if (accepted.contains(status)) {
      report.warn(Finding.of(TdxFinding.TDX_TCB_STATUS, "UpToDate " + when, actual));
      return;
    }
    if (status != TcbStatus.OUT_OF_DATE || grace.isEmpty()) {
      report.reject(Finding.of(TdxFinding.TDX_TCB_STATUS, expected, actual));
      return;
    }
    String orLately = expected + ", or OutOfDate for " + grace.get().toDays() + " days at most";
    Optional<Instant> missed = oldestMissedLevel(assessment);
    if (missed.isEmpty()) {
      report.reject(
          Finding.of(
              TdxFinding.TDX_TCB_STATUS, orLately, actual + ", at the newest level there is"));
    } else if (Duration.between(missed.get(), at).compareTo(grace.get()) > 0) {
      report.reject(
          Finding.of(
              TdxFinding.TDX_TCB_STATUS,
              orLately,
              actual + ", missing a level of " + missed.get() + " at " + at));
    } else {
      report.warn(
          Finding.of(
              TdxFinding.TDX_TCB_STATUS,
              "UpToDate " + when + ", at the latest " + missed.get().plus(grace.get()),
              actual));
    }
  }

  /** A module that is out of date makes a platform OutOfDate that itself needs hardening. */
  private void requireNothingHidden(
      String when, TcbAssessment assessment, AppraisalPolicy.Report report) {
    TcbStatus platform = assessment.platform().status();
    if (platform == assessment.status() || limits.containsKey(TcbComponent.PLATFORM)) {
      return;
    }
    boolean implied =
        platform == TcbStatus.CONFIGURATION_NEEDED
            && (accepted.contains(TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED)
                || accepted.contains(TcbStatus.TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED));
    report.require(
        implied || accepted.contains(platform),
        TdxFinding.TDX_TCB_STATUS,
        "platform " + when + " one of " + inOrder(accepted),
        platform);
  }

  private void limit(TcbComponent part, TcbAssessment assessment, AppraisalPolicy.Report report) {
    Set<TcbStatus> limit = limits.getOrDefault(part, Set.of());
    Optional<TcbPart> found = part.of(assessment);
    report.require(
        found.isPresent() && limit.contains(found.get().status()),
        TdxFinding.TDX_TCB_STATUS,
        part + " one of " + inOrder(limit),
        found.isPresent() ? inWords(found.get()) : "one from before it had levels of its own");
  }

  /**
   * The date of the oldest of the newest levels that parts which are out of date miss; nothing if
   * such a part is at its newest level, for then there is nothing that it could be updated to.
   */
  private static Optional<Instant> oldestMissedLevel(TcbAssessment assessment) {
    Optional<Instant> oldest = Optional.empty();
    for (TcbComponent component : TcbComponent.values()) {
      Optional<TcbPart> part = component.of(assessment);
      if (part.isPresent() && part.get().status() == TcbStatus.OUT_OF_DATE) {
        if (part.get().shortfalls().isEmpty()) {
          return Optional.empty();
        }
        Instant missed = part.get().shortfalls().get(0).levelDate();
        oldest =
            Optional.of(oldest.isEmpty() ? missed : TcbAssessment.earlier(oldest.get(), missed));
      }
    }
    return oldest;
  }

  private static boolean isWorse(TcbAssessment launch, TcbAssessment now) {
    // TcbStatus is declared from best to worst.
    boolean worse = now.status().compareTo(launch.status()) > 0;
    for (TcbComponent component : TcbComponent.values()) {
      Optional<TcbPart> then = component.of(launch);
      Optional<TcbPart> since = component.of(now);
      worse |=
          then.isPresent()
              && since.isPresent()
              && since.get().status().compareTo(then.get().status()) > 0;
    }
    return worse;
  }

  /** Such as {@code OutOfDate: platform OutOfDate (pcesvn 5, needs 11)}. */
  private static String inWords(TcbStatus status, TcbAssessment assessment) {
    List<String> parts = new ArrayList<>();
    for (TcbComponent component : TcbComponent.values()) {
      component
          .of(assessment)
          .filter(part -> part.status() != TcbStatus.UP_TO_DATE)
          .ifPresent(part -> parts.add(component + " " + inWords(part)));
    }
    return parts.isEmpty() ? status.label() : status.label() + ": " + String.join(", ", parts);
  }

  private static String inWords(TcbPart part) {
    String shortfalls =
        part.shortfalls().stream().map(TcbShortfall::toString).collect(Collectors.joining("; "));
    return part.status().label() + (shortfalls.isEmpty() ? "" : " (" + shortfalls + ")");
  }

  private static String inOrder(Set<TcbStatus> statuses) {
    return statuses.stream().sorted().toList().toString();
  }
}

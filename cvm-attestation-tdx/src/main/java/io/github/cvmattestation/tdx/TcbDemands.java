package io.github.cvmattestation.tdx;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a policy says of the TCB while it is collected, and whether that makes sense together. */
final class TcbDemands {
  private final EnumSet<TcbStatus> accepted = EnumSet.of(TcbStatus.UP_TO_DATE);
  private final Map<TcbComponent, Set<TcbStatus>> limits = new EnumMap<>(TcbComponent.class);
  private final Set<String> refusedAdvisories = new HashSet<>();
  private @Nullable Set<String> allowedAdvisories;
  private boolean anyAdvisory;
  private @Nullable Duration grace;
  private boolean dateFloor;

  void allow(Set<TcbStatus> statuses) {
    TdxRules.requireSome("TCB statuses", statuses);
    requireNotRevoked(statuses);
    accepted.addAll(statuses);
  }

  void limit(TcbComponent part, Set<TcbStatus> statuses) {
    requireNotRevoked(statuses);
    if (!statuses.contains(TcbStatus.UP_TO_DATE)) {
      throw TdxRules.senseless(
          "statuses of the " + part + " without UpToDate", "whoever updates must not be refused");
    }
    for (TcbStatus status : statuses) {
      if (part.leadsTo(status).isEmpty()) {
        throw TdxRules.senseless(
            "a status that the " + part + " never has: " + status, "leave it out");
      }
    }
    limits.merge(part, EnumSet.copyOf(statuses), TcbDemands::both);
  }

  void grace(Duration duration) {
    if (duration.isNegative()
        || duration.isZero()
        || duration.compareTo(TdxPolicy.LONGEST_GRACE) > 0) {
      throw TdxRules.senseless(
          "a time of grace that is not from 1 to " + TdxPolicy.LONGEST_GRACE.toDays() + " days",
          "update in that time, or accept OutOfDate by name");
    }
    grace = duration;
  }

  void dateFloor() {
    dateFloor = true;
  }

  void allowAdvisories(Set<String> ids) {
    Set<String> named = TdxRules.requireAdvisories(ids);
    Set<String> before = allowedAdvisories == null ? Set.of() : allowedAdvisories;
    allowedAdvisories = new HashSet<>(before);
    allowedAdvisories.addAll(named);
  }

  void allowAnyAdvisory() {
    anyAdvisory = true;
  }

  void refuseAdvisories(Set<String> ids) {
    TdxRules.requireSome("refused advisories", ids);
    refusedAdvisories.addAll(TdxRules.requireAdvisories(ids));
  }

  List<TdxRule> rules(boolean mayBeWorse) {
    requireSense();
    List<TdxRule> rules = new ArrayList<>();
    rules.add(new TcbStatusRule(accepted, Optional.ofNullable(grace), limits, mayBeWorse));
    Set<String> allowed = allowedAdvisories == null ? Set.of() : allowedAdvisories;
    rules.add(
        TdxRules.advisories(
            anyAdvisory ? Optional.empty() : Optional.of(Set.copyOf(allowed)),
            Set.copyOf(refusedAdvisories)));
    return rules;
  }

  private void requireSense() {
    if (grace != null && accepted.contains(TcbStatus.OUT_OF_DATE)) {
      throw TdxRules.senseless(
          "OutOfDate for a time of grace and for ever", "say allowOutOfDate or allowTcbStatuses");
    }
    if (grace != null && !dateFloor) {
      // Each new level would begin the time anew for who has missed all of those before.
      throw TdxRules.senseless(
          "a time of grace leaves open how old a TCB may be", "say requireTcbDate as well");
    }
    boolean onlyUpToDate = accepted.size() == 1 && grace == null;
    if (!onlyUpToDate && !anyAdvisory && allowedAdvisories == null) {
      throw TdxRules.senseless(
          "a TCB that is not UpToDate has advisories, and none is spoken of",
          "say allowAdvisories with those that you can live with, or allowAnyAdvisory");
    }
    if (anyAdvisory && allowedAdvisories != null) {
      throw TdxRules.senseless(
          "any advisory allowed, and some by name", "say allowAdvisories or allowAnyAdvisory");
    }
    for (String refused : refusedAdvisories) {
      if (allowedAdvisories != null && allowedAdvisories.contains(refused)) {
        throw TdxRules.senseless(refused + " both allowed and refused", "choose");
      }
    }
    limits.forEach(this::requireReachable);
  }

  /** A limit that lets in what the whole does not says more than it does. */
  private void requireReachable(TcbComponent part, Set<TcbStatus> statuses) {
    EnumSet<TcbStatus> whole = EnumSet.copyOf(accepted);
    if (grace != null) {
      whole.add(TcbStatus.OUT_OF_DATE);
    }
    for (TcbStatus status : statuses) {
      if (part.leadsTo(status).stream().noneMatch(whole::contains)) {
        throw TdxRules.senseless(
            "a " + part + " that is " + status + " in a TCB that may not be",
            "say allowTcbStatuses with what the whole may be, or leave it out");
      }
    }
  }

  private static void requireNotRevoked(Set<TcbStatus> statuses) {
    if (statuses.contains(TcbStatus.REVOKED)) {
      throw TdxRules.senseless("Revoked accepted", "no policy can accept what Intel revoked");
    }
  }

  private static Set<TcbStatus> both(Set<TcbStatus> one, Set<TcbStatus> other) {
    EnumSet<TcbStatus> common = EnumSet.copyOf(one);
    common.retainAll(other);
    return common;
  }
}

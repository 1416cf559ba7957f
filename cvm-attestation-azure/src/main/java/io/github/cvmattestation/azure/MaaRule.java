package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.azure.internal.policy.MaaText;
import java.util.List;
import java.util.Optional;

/**
 * A rule of an {@link MaaPolicy}: where all conditions hold, an action (Azure Attestation, claim
 * rule grammar).
 *
 * @param conditions none for a rule that always acts
 * @param type the claim or property that the action makes; empty for permit and deny
 * @param value its value; empty for permit and deny
 */
public record MaaRule(
    List<MaaCondition> conditions, Action action, Optional<String> type, Optional<MaaValue> value) {
  /** What a rule does. */
  public enum Action {
    /** The request may go on to the issuance rules. */
    PERMIT("permit"),
    /** The request is refused. */
    DENY("deny"),
    /** A claim for the rules that follow. */
    ADD("add"),
    /** A claim of the token. */
    ISSUE("issue"),
    /** A property of the service's behaviour or of the token. */
    ISSUE_PROPERTY("issueproperty");

    private final String word;

    Action(String word) {
      this.word = word;
    }

    /** The word in the policy. */
    public String word() {
      return word;
    }
  }

  /** Refuses rules that mean nothing, or that name a claim that no condition has found. */
  public MaaRule {
    conditions = List.copyOf(conditions);
    boolean makes = action != Action.PERMIT && action != Action.DENY;
    if (type.isPresent() != makes || value.isPresent() != makes) {
      throw new AttestationException.Configuration(
          action.word() + " with the wrong parts", "use the method of that name");
    }
    type.ifPresent(MaaText::requirePrintable);
    MaaText.requireNamesFound(conditions, value);
  }

  /** Lets the request pass. */
  public static MaaRule permit(MaaCondition... conditions) {
    return new MaaRule(List.of(conditions), Action.PERMIT, Optional.empty(), Optional.empty());
  }

  /** Refuses the request. */
  public static MaaRule deny(MaaCondition... conditions) {
    return new MaaRule(List.of(conditions), Action.DENY, Optional.empty(), Optional.empty());
  }

  /** Adds a claim for the rules that follow. */
  public static MaaRule add(String type, MaaValue value, MaaCondition... conditions) {
    return new MaaRule(List.of(conditions), Action.ADD, Optional.of(type), Optional.of(value));
  }

  /** Puts a claim into the token. */
  public static MaaRule issue(String type, MaaValue value, MaaCondition... conditions) {
    return new MaaRule(List.of(conditions), Action.ISSUE, Optional.of(type), Optional.of(value));
  }

  /** Sets a property, such as {@code report_validity_in_minutes}. */
  public static MaaRule issueProperty(String type, MaaValue value, MaaCondition... conditions) {
    return new MaaRule(
        List.of(conditions), Action.ISSUE_PROPERTY, Optional.of(type), Optional.of(value));
  }
}

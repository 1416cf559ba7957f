package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.azure.internal.policy.PolicyText;
import java.util.List;
import java.util.Optional;

/**
 * What a release policy asks of a token: one claim, or all or any of several conditions (Azure Key
 * Vault, secure key release policy grammar).
 *
 * <p>A claim is named by the members that lead to it, with dots between them, such as {@code
 * x-ms-isolation-tee.x-ms-compliance-status}. What is compared has a type: {@code true} is neither
 * {@code "true"} nor 1. A claim that is not there satisfies nothing but {@link #absent}; a claim
 * that is an array, an object or null satisfies nothing at all.
 */
public sealed interface ReleaseCondition {
  /** How deep conditions may lie in one another. */
  int MAX_DEPTH = 8;

  /** A comparison of the grammar. */
  enum Operator {
    /** The same type and value; letter case counts. */
    EQUALS("equals"),
    /** Another value, or a value of another type; not a missing claim. */
    NOT_EQUALS("notEquals"),
    /** A number below; both sides are integers. */
    LESS("less"),
    /** A number below or equal; both sides are integers. */
    LESS_OR_EQUALS("lessOrEquals"),
    /** A number above; both sides are integers. */
    GREATER("greater"),
    /** A number above or equal; both sides are integers. */
    GREATER_OR_EQUALS("greaterOrEquals"),
    /** Whether the claim is there: compared with true or false. */
    EXISTS("exists");

    private final String word;

    Operator(String word) {
      this.word = word;
    }

    /** The word in the policy's JSON. */
    public String word() {
      return word;
    }

    /** The operator that {@code word} names, if there is one. */
    public static Optional<Operator> ofWord(String word) {
      for (Operator operator : values()) {
        if (operator.word.equals(word)) {
          return Optional.of(operator);
        }
      }
      return Optional.empty();
    }

    private boolean isOrder() {
      return this != EQUALS && this != NOT_EQUALS && this != EXISTS;
    }
  }

  /** What a claim is compared with. */
  sealed interface Value {
    /**
     * A string.
     *
     * @param value at most 4096 characters, none of them a control character
     */
    record Text(String value) implements Value {
      /** Refuses what no claim of Azure's looks like. */
      public Text {
        PolicyText.requireValue(value);
      }
    }

    /** An integer. */
    record Whole(long value) implements Value {}

    /** True or false. */
    record Flag(boolean value) implements Value {}

    /** A string. */
    static Value of(String value) {
      return new Text(value);
    }

    /** An integer. */
    static Value of(long value) {
      return new Whole(value);
    }

    /** True or false. */
    static Value of(boolean value) {
      return new Flag(value);
    }
  }

  /**
   * A comparison of one claim.
   *
   * @param claim the path: names with dots between them, at most 512 characters
   * @param value an integer for an order, true or false for {@link Operator#EXISTS}
   */
  record Clause(String claim, Operator operator, Value value) implements ReleaseCondition {
    /** Refuses comparisons that mean nothing. */
    public Clause {
      PolicyText.requirePath(claim);
      if (operator.isOrder() && !(value instanceof Value.Whole)) {
        throw new AttestationException.Configuration(
            operator.word() + " with something else than a number", "give an integer");
      }
      if (operator == Operator.EXISTS && !(value instanceof Value.Flag)) {
        throw new AttestationException.Configuration(
            "exists with something else than true or false", "give true or false, without quotes");
      }
    }

    /** The clause as it reads in a message; unusual characters are replaced. */
    @Override
    public String toString() {
      return PolicyText.shown(claim) + " " + operator.word() + " " + PolicyText.shown(value);
    }
  }

  /** Several conditions. */
  sealed interface Group extends ReleaseCondition {
    /** At least one. */
    List<ReleaseCondition> conditions();

    /** The word in the policy's JSON: {@code allOf} or {@code anyOf}. */
    String word();
  }

  /**
   * Conditions that must all hold.
   *
   * @param conditions at least one
   */
  record AllOf(List<ReleaseCondition> conditions) implements Group {
    /** Refuses none, and too deep ones. */
    public AllOf {
      conditions = checked(conditions);
    }

    @Override
    public String word() {
      return "allOf";
    }
  }

  /**
   * Conditions of which one is enough.
   *
   * @param conditions at least one
   */
  record AnyOf(List<ReleaseCondition> conditions) implements Group {
    /** Refuses none, and too deep ones. */
    public AnyOf {
      conditions = checked(conditions);
    }

    @Override
    public String word() {
      return "anyOf";
    }
  }

  /** How many groups lie in one another here: 0 for a clause. */
  default int depth() {
    return this instanceof Group group
        ? 1 + group.conditions().stream().mapToInt(ReleaseCondition::depth).max().orElse(0)
        : 0;
  }

  /** The claim is this text. */
  static Clause equal(String claim, String value) {
    return new Clause(claim, Operator.EQUALS, Value.of(value));
  }

  /** The claim is this number. */
  static Clause equal(String claim, long value) {
    return new Clause(claim, Operator.EQUALS, Value.of(value));
  }

  /** The claim is this truth value. */
  static Clause equal(String claim, boolean value) {
    return new Clause(claim, Operator.EQUALS, Value.of(value));
  }

  /** The claim is there, and not this. */
  static Clause notEqual(String claim, Value value) {
    return new Clause(claim, Operator.NOT_EQUALS, value);
  }

  /** The claim is a number below. */
  static Clause less(String claim, long bound) {
    return new Clause(claim, Operator.LESS, Value.of(bound));
  }

  /** The claim is a number, at most this. */
  static Clause lessOrEqual(String claim, long most) {
    return new Clause(claim, Operator.LESS_OR_EQUALS, Value.of(most));
  }

  /** The claim is a number above. */
  static Clause greater(String claim, long bound) {
    return new Clause(claim, Operator.GREATER, Value.of(bound));
  }

  /** The claim is a number, at least this. */
  static Clause greaterOrEqual(String claim, long least) {
    return new Clause(claim, Operator.GREATER_OR_EQUALS, Value.of(least));
  }

  /** The claim is there. */
  static Clause exists(String claim) {
    return new Clause(claim, Operator.EXISTS, Value.of(true));
  }

  /** The claim is not there. */
  static Clause absent(String claim) {
    return new Clause(claim, Operator.EXISTS, Value.of(false));
  }

  /** All of these hold. */
  static AllOf allOf(ReleaseCondition... conditions) {
    return new AllOf(List.of(conditions));
  }

  /** One of these holds. */
  static AnyOf anyOf(ReleaseCondition... conditions) {
    return new AnyOf(List.of(conditions));
  }

  private static List<ReleaseCondition> checked(List<ReleaseCondition> conditions) {
    List<ReleaseCondition> copy = List.copyOf(conditions);
    if (copy.isEmpty()) {
      // All of nothing would hold for every token.
      throw new AttestationException.Configuration("a group of no conditions", "name at least one");
    }
    if (copy.stream().mapToInt(ReleaseCondition::depth).max().orElse(0) >= MAX_DEPTH) {
      throw new AttestationException.Configuration(
          "conditions more than " + MAX_DEPTH + " deep", "write the policy flatter");
    }
    return copy;
  }
}

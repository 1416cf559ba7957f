package io.github.cvmattestation.azure;

import io.github.cvmattestation.azure.internal.policy.MaaText;
import java.util.List;

/**
 * A value in a rule of an {@link MaaPolicy}: a literal, the value of a claim that a condition has
 * found, or, from version 1.2 on, a function of values (Azure Attestation, claim rule functions).
 */
public sealed interface MaaValue {
  /**
   * A string.
   *
   * @param value printable ASCII without backslashes
   */
  record Text(String value) implements MaaValue {
    /** Refuses what cannot be written in a policy without doubt. */
    public Text {
      MaaText.requirePrintable(value);
    }
  }

  /** An integer. */
  record Whole(long value) implements MaaValue {}

  /** True or false. */
  record Flag(boolean value) implements MaaValue {}

  /**
   * The value of the claim that a condition of the same rule has found.
   *
   * @param id the condition's identifier
   */
  record OfClaim(String id) implements MaaValue {
    /** Refuses what is no identifier. */
    public OfClaim {
      MaaText.requireIdentifier(id);
    }
  }

  /** The functions of version 1.2. */
  enum Function {
    /** What a JMESPath query finds in a JSON text: text, query. */
    JMES_PATH("JmesPath", 2),
    /** The claim value, or values, of a JSON text. */
    JSON_TO_CLAIM_VALUE("JsonToClaimValue", 1),
    /** Whether the first set of values lies in the second. */
    IS_SUBSET_OF("IsSubsetOf", 2),
    /** Two strings in one. */
    APPEND_STRING("AppendString", 2),
    /** The other truth value. */
    NEGATE_BOOL("NegateBool", 1),
    /** Whether a set of values has that one and no other. */
    CONTAINS_ONLY_VALUE("ContainsOnlyValue", 2);

    private final String word;
    private final int arity;

    Function(String word, int arity) {
      this.word = word;
      this.arity = arity;
    }

    /** The word in the policy. */
    public String word() {
      return word;
    }

    /** How many arguments it takes. */
    public int arity() {
      return arity;
    }
  }

  /**
   * A function of values.
   *
   * @param arguments as many as the function takes
   */
  record Call(Function function, List<MaaValue> arguments) implements MaaValue {
    /** Refuses another number of arguments. */
    public Call {
      arguments = List.copyOf(arguments);
      MaaText.requireArguments(function, arguments);
    }
  }

  /** A string. */
  static MaaValue of(String value) {
    return new Text(value);
  }

  /** An integer. */
  static MaaValue of(long value) {
    return new Whole(value);
  }

  /** True or false. */
  static MaaValue of(boolean value) {
    return new Flag(value);
  }

  /** The value of the claim that the condition {@code id} has found. */
  static MaaValue ofClaim(String id) {
    return new OfClaim(id);
  }

  /** A function of values. */
  static MaaValue call(Function function, MaaValue... arguments) {
    return new Call(function, List.of(arguments));
  }
}

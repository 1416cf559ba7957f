package io.github.cvmattestation.azure;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.azure.internal.policy.MaaText;
import java.util.Optional;

/**
 * That a claim is there, or, from version 1.2 on, that none is (Azure Attestation, claim rule
 * grammar).
 *
 * @param type the claim's name
 * @param test what its value must be, if that matters
 * @param issuer who must have said it, if that matters
 * @param id how the rest of the rule names the claim that is found
 * @param absent whether no such claim may be there
 */
public record MaaCondition(
    String type,
    Optional<Test> test,
    Optional<Issuer> issuer,
    Optional<String> id,
    boolean absent) {
  /** Refuses conditions that mean nothing. */
  public MaaCondition {
    MaaText.requirePrintable(type);
    id.ifPresent(MaaText::requireIdentifier);
    if (absent && id.isPresent()) {
      throw new AttestationException.Configuration(
          "a name for a claim that is not there", "leave the identifier out");
    }
  }

  /** Who says a claim. */
  public enum Issuer {
    /** The service, which found it in the evidence. */
    ATTESTATION_SERVICE("AttestationService"),
    /** A rule of the policy before this one. */
    ATTESTATION_POLICY("AttestationPolicy"),
    /** Whoever asks for the token: anybody. */
    CUSTOM_CLAIM("CustomClaim");

    private final String word;

    Issuer(String word) {
      this.word = word;
    }

    /** The word in the policy. */
    public String word() {
      return word;
    }
  }

  /** A comparison. */
  public enum Operator {
    /** The same. */
    EQUAL("=="),
    /** Another. */
    NOT_EQUAL("!="),
    /** Below; integers alone. */
    LESS("<"),
    /** Below or equal; integers alone. */
    LESS_OR_EQUAL("<="),
    /** Above; integers alone. */
    GREATER(">"),
    /** Above or equal; integers alone. */
    GREATER_OR_EQUAL(">=");

    private final String sign;

    Operator(String sign) {
      this.sign = sign;
    }

    /** The sign in the policy. */
    public String sign() {
      return sign;
    }
  }

  /**
   * What a value must be.
   *
   * @param value a literal, or the value of another claim of the rule
   */
  public record Test(Operator operator, MaaValue value) {
    /** Refuses an order of anything but integers, and functions. */
    public Test {
      boolean order = operator != Operator.EQUAL && operator != Operator.NOT_EQUAL;
      boolean number = value instanceof MaaValue.Whole || value instanceof MaaValue.OfClaim;
      if (value instanceof MaaValue.Call || (order && !number)) {
        throw new AttestationException.Configuration(
            "a comparison that the grammar has not",
            "compare literals or claims, and order integers alone");
      }
    }
  }

  /** A claim of that name, from anybody, whatever its value. */
  public static MaaCondition claim(String type) {
    return new MaaCondition(type, Optional.empty(), Optional.empty(), Optional.empty(), false);
  }

  /** The same, where the value is so. */
  public MaaCondition is(Operator operator, MaaValue value) {
    return new MaaCondition(type, Optional.of(new Test(operator, value)), issuer, id, absent);
  }

  /** The same, where that is who said it. Without this, anybody may have. */
  public MaaCondition from(Issuer who) {
    return new MaaCondition(type, test, Optional.of(who), id, absent);
  }

  /** The same, with a name for the rest of the rule. */
  public MaaCondition as(String name) {
    return new MaaCondition(type, test, issuer, Optional.of(name), absent);
  }

  /** That there is no such claim: version 1.2. */
  public MaaCondition not() {
    return new MaaCondition(type, test, issuer, id, !absent);
  }
}

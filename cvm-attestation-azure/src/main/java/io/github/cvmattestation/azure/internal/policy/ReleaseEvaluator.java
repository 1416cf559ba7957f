package io.github.cvmattestation.azure.internal.policy;

import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.azure.ReleaseCondition;
import io.github.cvmattestation.azure.ReleaseCondition.Clause;
import io.github.cvmattestation.azure.ReleaseCondition.Value;
import io.github.cvmattestation.azure.ReleaseEvaluation;
import io.github.cvmattestation.azure.ReleaseEvaluation.Failure;
import io.github.cvmattestation.azure.ReleasePolicy;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Decides as Key Vault does, by its published grammar, and remembers what did not hold. */
public final class ReleaseEvaluator {
  private static final int MAX_DIGITS = 20;
  private static final String ISSUER = "iss";

  private final ClaimsReader claims;
  private final List<Failure> failures = new ArrayList<>();

  private ReleaseEvaluator(ClaimsReader claims) {
    this.claims = claims;
  }

  /** What {@code policy} says of {@code claims}. */
  public static ReleaseEvaluation evaluate(ReleasePolicy policy, ClaimsReader claims) {
    ReleaseEvaluator evaluator = new ReleaseEvaluator(claims);
    boolean released = false;
    for (int i = 0; i < policy.branches().size(); i++) {
      released |= evaluator.holds(policy.branches().get(i), "anyOf[" + i + "]");
    }
    return new ReleaseEvaluation(released ? List.of() : evaluator.failures);
  }

  /** Another authority's token says nothing in this branch, so its claims are not looked at. */
  private boolean holds(ReleasePolicy.Branch branch, String path) {
    Optional<Json> issuer = claims.at(ISSUER);
    if (issuer.isEmpty()
        || !(issuer.get() instanceof Json.Str text)
        || !PolicyText.withoutSlash(text.value()).equals(branch.authority())) {
      failures.add(
          new Failure(
              path + ".authority",
              ISSUER,
              "equals " + PolicyText.shown(Value.of(branch.authority())),
              shown(issuer)));
      return false;
    }
    return holds(branch.conditions(), path);
  }

  private boolean holds(ReleaseCondition.Group group, String path) {
    int before = failures.size();
    boolean all = true;
    boolean any = false;
    for (int i = 0; i < group.conditions().size(); i++) {
      boolean one = holds(group.conditions().get(i), path + "." + group.word() + "[" + i + "]");
      all &= one;
      any |= one;
    }
    boolean holds = group instanceof ReleaseCondition.AllOf ? all : any;
    if (holds) {
      // The members that an anyOf can do without are no reason for anything.
      failures.subList(before, failures.size()).clear();
    }
    return holds;
  }

  private boolean holds(ReleaseCondition condition, String path) {
    if (condition instanceof ReleaseCondition.Group group) {
      return holds(group, path);
    }
    Clause clause = (Clause) condition;
    Optional<Json> claim = claims.at(clause.claim());
    boolean holds = holds(clause, claim);
    if (!holds) {
      failures.add(
          new Failure(
              path,
              PolicyText.shown(clause.claim()),
              clause.operator().word() + " " + PolicyText.shown(clause.value()),
              shown(claim)));
    }
    return holds;
  }

  private static boolean holds(Clause clause, Optional<Json> claim) {
    if (clause.value() instanceof Value.Flag wanted
        && clause.operator() == ReleaseCondition.Operator.EXISTS) {
      return claim.isEmpty() ? !wanted.value() : wanted.value() && isScalar(claim.get());
    }
    if (claim.isEmpty() || !isScalar(claim.get())) {
      return false;
    }
    return switch (clause.operator()) {
      case EQUALS -> same(clause.value(), claim.get());
      case NOT_EQUALS -> !same(clause.value(), claim.get());
      case LESS -> isNumber(claim.get()) && order(claim.get(), clause) < 0;
      case LESS_OR_EQUALS -> isNumber(claim.get()) && order(claim.get(), clause) <= 0;
      case GREATER -> isNumber(claim.get()) && order(claim.get(), clause) > 0;
      case GREATER_OR_EQUALS -> isNumber(claim.get()) && order(claim.get(), clause) >= 0;
      case EXISTS -> false; // decided above
    };
  }

  private static boolean isScalar(Json claim) {
    return claim instanceof Json.Str || claim instanceof Json.Num || claim instanceof Json.Bool;
  }

  private static boolean isNumber(Json claim) {
    return claim instanceof Json.Num;
  }

  private static int order(Json claim, Clause clause) {
    BigInteger bound = BigInteger.valueOf(((Value.Whole) clause.value()).value());
    return ((Json.Num) claim).value().compareTo(bound);
  }

  private static boolean same(Value wanted, Json claim) {
    if (wanted instanceof Value.Text text) {
      return claim instanceof Json.Str string && string.value().equals(text.value());
    } else if (wanted instanceof Value.Whole number) {
      return claim instanceof Json.Num integer
          && integer.value().equals(BigInteger.valueOf(number.value()));
    }
    return claim instanceof Json.Bool bool && bool.value() == ((Value.Flag) wanted).value();
  }

  /** Only values that a policy can ask about are shown, and never keys, which are objects. */
  private static String shown(Optional<Json> claim) {
    if (claim.isEmpty()) {
      return "no such claim";
    } else if (claim.get() instanceof Json.Str text) {
      return '"' + PolicyText.shown(text.value()) + '"';
    } else if (claim.get() instanceof Json.Num number) {
      String digits = number.value().toString();
      return digits.length() <= MAX_DIGITS + 1 ? digits : "a greater number";
    } else if (claim.get() instanceof Json.Bool bool) {
      return Boolean.toString(bool.value());
    } else if (claim.get() instanceof Json.Null) {
      return "null";
    }
    return claim.get() instanceof Json.Arr ? "an array" : "an object";
  }
}

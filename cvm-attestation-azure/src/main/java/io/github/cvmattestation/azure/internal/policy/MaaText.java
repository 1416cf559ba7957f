package io.github.cvmattestation.azure.internal.policy;

import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.azure.MaaCondition;
import io.github.cvmattestation.azure.MaaRule;
import io.github.cvmattestation.azure.MaaValue;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How the rules of an attestation policy are written, and what cannot be. */
public final class MaaText {
  private static final int MAX_TEXT = 8192;
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,63}");

  private MaaText() {}

  /**
   * Refuses what could be read in two ways. A quotation mark is written with a backslash before it;
   * what else a backslash does is documented nowhere.
   */
  public static void requirePrintable(String text) {
    if (text.length() > MAX_TEXT
        || !text.chars().allMatch(c -> c >= ' ' && c < 0x7F && c != '\\')) {
      throw new AttestationException.Configuration(
          "a string that an attestation policy does not hold",
          "write at most " + MAX_TEXT + " printable ASCII characters, no backslashes");
    }
  }

  /** Refuses what does not name a claim within a rule. */
  public static void requireIdentifier(String id) {
    if (!IDENTIFIER.matcher(id).matches()) {
      throw new AttestationException.Configuration(
          "an identifier that is none", "write a letter, then letters and digits");
    }
  }

  /** Refuses another number of arguments than the function takes. */
  public static void requireArguments(MaaValue.Function function, List<MaaValue> arguments) {
    if (arguments.size() != function.arity()) {
      throw new AttestationException.Configuration(
          function.word() + " of " + arguments.size() + " values", "give " + function.arity());
    }
  }

  /** Refuses names of claims that no condition before has found, and one name for two. */
  public static void requireNamesFound(List<MaaCondition> conditions, Optional<MaaValue> value) {
    Set<String> found = new HashSet<>();
    for (MaaCondition condition : conditions) {
      condition.test().ifPresent(test -> requireFound(test.value(), found));
      if (condition.id().isPresent() && !found.add(condition.id().get())) {
        throw new AttestationException.Configuration(
            "two claims of one name in a rule", "name them differently");
      }
    }
    value.ifPresent(made -> requireFound(made, found));
  }

  private static void requireFound(MaaValue value, Set<String> found) {
    if (value instanceof MaaValue.OfClaim claim && !found.contains(claim.id())) {
      throw new AttestationException.Configuration(
          "the value of a claim that no condition has found", "name a condition with as(…)");
    } else if (value instanceof MaaValue.Call call) {
      call.arguments().forEach(argument -> requireFound(argument, found));
    }
  }

  /** Whether any rule uses what only version 1.2 has. */
  public static boolean needsVersion2(List<MaaRule> rules) {
    return rules.stream()
        .anyMatch(
            rule ->
                rule.value().filter(MaaValue.Call.class::isInstance).isPresent()
                    || rule.conditions().stream().anyMatch(MaaCondition::absent));
  }

  /** Writes a section: its name, then a rule to a line. */
  public static void section(String name, List<MaaRule> rules, StringBuilder text) {
    text.append(name).append("\n{\n");
    for (MaaRule rule : rules) {
      text.append("  ").append(rule(rule)).append(";\n");
    }
    text.append("};\n");
  }

  private static String rule(MaaRule rule) {
    String conditions =
        rule.conditions().stream().map(MaaText::condition).collect(Collectors.joining(" && "));
    String made =
        rule.type()
            .map(type -> "type=" + quoted(type) + ", value=" + value(rule.value().orElseThrow()))
            .orElse("");
    return (conditions.isEmpty() ? "" : conditions + " ")
        + "=> "
        + rule.action().word()
        + "("
        + made
        + ")";
  }

  private static String condition(MaaCondition condition) {
    StringBuilder text = new StringBuilder(condition.absent() ? "!" : "");
    condition.id().ifPresent(id -> text.append(id).append(':'));
    text.append("[type==").append(quoted(condition.type()));
    condition
        .test()
        .ifPresent(
            test ->
                text.append(", value").append(test.operator().sign()).append(value(test.value())));
    condition.issuer().ifPresent(issuer -> text.append(", issuer==").append(quoted(issuer.word())));
    return text.append(']').toString();
  }

  private static String value(MaaValue value) {
    if (value instanceof MaaValue.Text text) {
      return quoted(text.value());
    } else if (value instanceof MaaValue.Whole number) {
      return Long.toString(number.value());
    } else if (value instanceof MaaValue.Flag flag) {
      return Boolean.toString(flag.value());
    } else if (value instanceof MaaValue.OfClaim claim) {
      return claim.id() + ".value";
    }
    MaaValue.Call call = (MaaValue.Call) value;
    return call.function().word()
        + call.arguments().stream().map(MaaText::value).collect(Collectors.joining(", ", "(", ")"));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\"", "\\\"") + '"';
  }
}

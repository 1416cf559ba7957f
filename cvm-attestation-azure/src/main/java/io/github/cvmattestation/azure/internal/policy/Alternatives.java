package io.github.cvmattestation.azure.internal.policy;

import io.github.cvmattestation.azure.ReleaseCondition;
import io.github.cvmattestation.azure.ReleaseCondition.Clause;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The ways in which a condition can hold: its disjunctive form. A policy is as strong as the
 * weakest of them.
 */
public final class Alternatives {
  /** A policy with more ways than that is judged by nobody, people among them. */
  public static final int MAX = 1024;

  private Alternatives() {}

  /**
   * One way.
   *
   * @param clauses what it asks of the claims that matter; all of them hold
   * @param choices the members of {@code anyOf} that make it, by their path; empty where there is
   *     only one way
   */
  public record Way(List<Clause> clauses, List<String> choices) {}

  /** How many ways there are; {@link #MAX} + 1 stands for all greater numbers. */
  public static int count(ReleaseCondition condition, Set<String> claims) {
    if (!(condition instanceof ReleaseCondition.Group group) || !isAbout(condition, claims)) {
      return 1;
    }
    boolean all = group instanceof ReleaseCondition.AllOf;
    long ways = all ? 1 : 0;
    for (ReleaseCondition inner : group.conditions()) {
      int more = count(inner, claims);
      ways = Math.min(all ? ways * more : ways + more, MAX + 1L);
    }
    return (int) ways;
  }

  /**
   * All ways, of which there must be at most {@link #MAX}. Conditions about other claims make no
   * difference between ways: a list of a thousand VMs is one.
   *
   * @param path where the condition stands
   * @param claims those that matter
   */
  public static List<Way> of(ReleaseCondition condition, String path, Set<String> claims) {
    if (!isAbout(condition, claims)) {
      return List.of(new Way(List.of(), List.of()));
    } else if (condition instanceof Clause clause) {
      return List.of(new Way(List.of(clause), List.of()));
    }
    ReleaseCondition.Group group = (ReleaseCondition.Group) condition;
    boolean all = group instanceof ReleaseCondition.AllOf;
    List<Way> ways = all ? List.of(new Way(List.of(), List.of())) : new ArrayList<>();
    for (int i = 0; i < group.conditions().size(); i++) {
      String place = path + "." + group.word() + "[" + i + "]";
      List<Way> inner = of(group.conditions().get(i), place, claims);
      if (all) {
        ways = product(ways, inner);
      } else {
        List<String> choice = group.conditions().size() == 1 ? List.of() : List.of(place);
        for (Way way : inner) {
          ways.add(new Way(way.clauses(), joined(choice, way.choices())));
        }
      }
    }
    return ways;
  }

  private static boolean isAbout(ReleaseCondition condition, Set<String> claims) {
    return condition instanceof ReleaseCondition.Group group
        ? group.conditions().stream().anyMatch(inner -> isAbout(inner, claims))
        : claims.contains(((Clause) condition).claim());
  }

  private static List<Way> product(List<Way> left, List<Way> right) {
    List<Way> ways = new ArrayList<>();
    for (Way one : left) {
      for (Way other : right) {
        ways.add(
            new Way(
                joined(one.clauses(), other.clauses()), joined(one.choices(), other.choices())));
      }
    }
    return ways;
  }

  private static <T> List<T> joined(List<T> first, List<T> then) {
    List<T> both = new ArrayList<>(first);
    both.addAll(then);
    return both;
  }
}

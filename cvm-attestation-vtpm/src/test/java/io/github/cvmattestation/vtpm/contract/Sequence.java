package io.github.cvmattestation.vtpm.contract;

import java.util.Map;
import java.util.Optional;

/** Two users do the same on two TPMs, up to the first disagreement. */
final class Sequence {
  private Sequence() {}

  /** Empty, or where they disagreed and what was done before. */
  static String compare(RandomUser left, RandomUser right, int length, Map<String, Integer> codes) {
    StringBuilder history = new StringBuilder();
    try {
      left.reset();
      right.reset();
      for (int i = 0; i < length; i++) {
        Exchange one = left.next();
        Exchange two = right.next();
        codes.merge(one.label().replaceAll("\\(.*", "") + (one.ok() ? "+" : "-"), 1, Integer::sum);
        if (!one.verdict().equals(two.verdict())) {
          Optional<Exceptions.Rule> rule = Exceptions.allowing(one, two);
          if (rule.isPresent()) {
            codes.merge("excepted: " + rule.get().name(), 1, Integer::sum);
            if (rule.get().ends()) {
              return "";
            }
            continue;
          }
          return "\n  left  %s\n  right %s\n after:%s".formatted(one.dump(), two.dump(), history);
        }
        history.append("\n   ").append(one.verdict());
      }
      return "";
    } catch (RuntimeException | AssertionError e) {
      java.io.StringWriter trace = new java.io.StringWriter();
      e.printStackTrace(new java.io.PrintWriter(trace));
      return trace + " after:" + history;
    }
  }
}

package io.github.cvmattestation.attestation.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The member names of the JSON objects that a reader is in, to find one that comes twice. Objects
 * are small as a rule: their names are compared one by one, if their hashes do not tell. In a large
 * one that would take quadratic time, so that it gets a set.
 */
final class NameStack {
  private static final int SMALL = 24;

  /** Names that differ at their end have hashes that differ in their low bits alone. */
  private static final int SPREAD = 0x9E3779B1;

  /** One for each open object, outermost first; behind them those of objects that are closed. */
  private final List<Names> levels = new ArrayList<>();

  private int depth;
  private Names innermost = new Names();

  /** Begins an object inside those that are open. */
  void enter() {
    if (depth == levels.size()) {
      levels.add(new Names());
    }
    innermost = levels.get(depth++);
    innermost.clear();
  }

  /** Ends the innermost object. */
  void leave() {
    depth--;
    if (depth > 0) {
      innermost = levels.get(depth - 1);
    }
  }

  /** Whether {@code name} is new in the innermost object. */
  boolean add(String name) {
    return innermost.add(name);
  }

  /** The names of one object. */
  private static final class Names {
    private String[] names = new String[8];
    private int size;

    /** One bit a name, by its hash: a name whose bit is missing is new. */
    private long seen;

    private @Nullable Set<String> large;

    void clear() {
      size = 0;
      seen = 0;
      large = null;
    }

    boolean add(String name) {
      if (large != null) {
        return large.add(name);
      }
      long bit = 1L << ((name.hashCode() * SPREAD) >>> (Integer.SIZE - 6));
      if ((seen & bit) != 0 && has(name)) {
        return false;
      }
      seen |= bit;
      if (size == SMALL) {
        large = new HashSet<>(Arrays.asList(names));
        return large.add(name);
      }
      if (size == names.length) {
        names = Arrays.copyOf(names, Math.min(2 * size, SMALL));
      }
      names[size++] = name;
      return true;
    }

    private boolean has(String name) {
      for (int i = 0; i < size; i++) {
        if (names[i].equals(name)) {
          return true;
        }
      }
      return false;
    }
  }
}

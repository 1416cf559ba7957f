package io.github.cvmattestation.attestation.internal;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The member names of the JSON objects that a reader is in, to find one that comes twice. Objects
 * are small as a rule: their names are compared one by one. In a large one that would take
 * quadratic time, so that it gets a set.
 */
final class NameStack {
  private static final int SMALL = 24;

  private final int[] begins = new int[StrictJson.MAX_DEPTH + 1];
  private final @Nullable Set<String>[] large = newSets();
  private String[] names = new String[2 * SMALL];
  private int size;
  private int depth;

  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic type.
  private static @Nullable Set<String>[] newSets() {
    return new Set[StrictJson.MAX_DEPTH + 1];
  }

  /** Begins an object inside those that are open. */
  void enter() {
    begins[depth] = size;
    large[depth] = null;
    depth++;
  }

  /** Ends the innermost object. */
  void leave() {
    depth--;
    size = begins[depth];
  }

  /** Whether {@code name} is new in the innermost object. */
  boolean add(String name) {
    int begin = begins[depth - 1];
    @Nullable Set<String> set = large[depth - 1];
    if (set != null) {
      return set.add(name);
    }
    for (int i = begin; i < size; i++) {
      if (names[i].equals(name)) {
        return false;
      }
    }
    if (size - begin == SMALL) {
      set = new HashSet<>(Arrays.asList(names).subList(begin, size));
      large[depth - 1] = set;
      return set.add(name);
    }
    if (size == names.length) {
      names = Arrays.copyOf(names, 2 * size);
    }
    names[size++] = name;
    return true;
  }
}

package io.github.cvmattestation.snp;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** Maps that keep the order of the bytes. */
final class Components {
  private Components() {}

  static Map<String, Integer> of(Object... namesAndLevels) {
    Map<String, Integer> components = new LinkedHashMap<>();
    for (int i = 0; i < namesAndLevels.length; i += 2) {
      components.put((String) namesAndLevels[i], (Integer) namesAndLevels[i + 1]);
    }
    return Collections.unmodifiableMap(components);
  }
}

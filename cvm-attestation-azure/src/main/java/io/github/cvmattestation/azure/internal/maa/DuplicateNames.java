package io.github.cvmattestation.azure.internal.maa;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.github.cvmattestation.attestation.Bytes;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/**
 * Tells one defect of JSON from all others: a name that comes twice in an object. Asked about text
 * that has been refused, for the sake of the reason alone.
 */
final class DuplicateNames {
  private static final int MAX_DEPTH = 32;

  private DuplicateNames() {}

  /** Whether a name comes twice before anything else is wrong. */
  static boolean in(Bytes json) {
    JsonFactory factory =
        JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();
    Deque<Set<String>> open = new ArrayDeque<>();
    try (JsonParser parser = factory.createParser(json.toArray())) {
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        switch (token) {
          case START_OBJECT -> open.push(new HashSet<>());
          case END_OBJECT -> open.pop();
          case FIELD_NAME -> {
            if (!open.element().add(parser.currentName())) {
              return true;
            }
          }
          default -> {}
        }
      }
      return false;
    } catch (IOException e) {
      return false; // something else is wrong with it
    }
  }
}

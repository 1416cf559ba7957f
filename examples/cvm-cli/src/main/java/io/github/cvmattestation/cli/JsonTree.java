package io.github.cvmattestation.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.github.cvmattestation.attestation.Bytes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A JSON object of somebody else's, of which a few members are wanted to tell a reader: nothing is
 * decided by it. What is no JSON, or names a member twice, is an empty object.
 */
record JsonTree(Map<String, Object> members) {
  private static final int MAX_DEPTH = 16;

  JsonTree {
    members = Map.copyOf(members);
  }

  static JsonTree of(Bytes text) {
    JsonFactory factory =
        new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();
    try (JsonParser in = factory.createParser(text.toArray())) {
      return in.nextToken() == JsonToken.START_OBJECT
          ? new JsonTree(object(in))
          : new JsonTree(Map.of());
    } catch (IOException e) {
      return new JsonTree(Map.of());
    }
  }

  /** The text, number or boolean behind these names. */
  Optional<String> text(String... path) {
    Object at = members;
    for (String name : path) {
      Object inner = at instanceof Map<?, ?> map ? map.get(name) : null;
      if (inner == null) {
        return Optional.empty();
      }
      at = inner;
    }
    return at instanceof String value ? Optional.of(value) : Optional.empty();
  }

  /** The objects in an array. */
  List<JsonTree> objects(String name) {
    return members.get(name) instanceof List<?> list
        ? list.stream().filter(JsonTree.class::isInstance).map(JsonTree.class::cast).toList()
        : List.of();
  }

  private static Map<String, Object> object(JsonParser in) throws IOException {
    Map<String, Object> members = new LinkedHashMap<>();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      in.nextToken();
      members.put(name, value(in));
    }
    return members;
  }

  private static Object value(JsonParser in) throws IOException {
    return switch (in.currentToken()) {
      case START_OBJECT -> object(in);
      case START_ARRAY -> array(in);
      default -> in.getText();
    };
  }

  /** Objects in an array are trees of their own. */
  private static List<Object> array(JsonParser in) throws IOException {
    List<Object> values = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      Object value = value(in);
      values.add(value instanceof Map<?, ?> map ? new JsonTree(named(map)) : value);
    }
    return values;
  }

  private static Map<String, Object> named(Map<?, ?> map) {
    Map<String, Object> members = new LinkedHashMap<>();
    map.forEach((name, value) -> members.put((String) name, value));
    return members;
  }
}

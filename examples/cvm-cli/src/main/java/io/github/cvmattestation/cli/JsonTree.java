package io.github.cvmattestation.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimValue;
import io.github.cvmattestation.attestation.MalformedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object of somebody else's, of which something is told to a reader: nothing is decided by
 * it. Numbers that are no unsigned integers of 64 bits are texts in it, as they were written.
 */
record JsonTree(ClaimValue.Group members) {
  private static final int MAX_DEPTH = 32;

  /** The object; what is no JSON, or names a member twice, is an empty one. */
  static JsonTree of(Bytes text) {
    try {
      return read("JSON", text);
    } catch (MalformedException e) {
      return empty();
    }
  }

  /**
   * The object, and nothing behind it.
   *
   * @param name what is read, for messages
   */
  static JsonTree read(String name, Bytes text) throws MalformedException {
    JsonFactory factory =
        new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();
    try (JsonParser in = factory.createParser(text.toArray())) {
      if (in.nextToken() == JsonToken.START_OBJECT) {
        ClaimValue.Group members = object(in);
        if (in.nextToken() == null) {
          return new JsonTree(members);
        }
      }
    } catch (IOException e) {
      // Its message quotes the text: said below in other words.
    }
    throw new MalformedException(name, "a JSON object that names nothing twice", "something else");
  }

  /** Without members. */
  static JsonTree empty() {
    return new JsonTree(ClaimValue.Group.builder().build());
  }

  /** What is behind these names. */
  Optional<ClaimValue> at(String... path) {
    ClaimValue at = members;
    for (String name : path) {
      @Nullable ClaimValue inner =
          at instanceof ClaimValue.Group group ? group.members().get(name) : null;
      if (inner == null) {
        return Optional.empty();
      }
      at = inner;
    }
    return Optional.of(at);
  }

  /** The text, number or boolean behind these names. */
  Optional<String> text(String... path) {
    return at(path).flatMap(JsonTree::scalar);
  }

  private static Optional<String> scalar(ClaimValue value) {
    if (value instanceof ClaimValue.Text text) {
      return Optional.of(text.value());
    } else if (value instanceof ClaimValue.Flag flag) {
      return Optional.of(Boolean.toString(flag.value()));
    }
    return value instanceof ClaimValue.Unsigned number
        ? Optional.of(Long.toUnsignedString(number.value()))
        : Optional.empty();
  }

  /** The objects in an array. */
  List<JsonTree> objects(String name) {
    return at(name).orElse(members) instanceof ClaimValue.Many many
        ? many.values().stream()
            .filter(ClaimValue.Group.class::isInstance)
            .map(value -> new JsonTree((ClaimValue.Group) value))
            .toList()
        : List.of();
  }

  private static ClaimValue.Group object(JsonParser in) throws IOException {
    ClaimValue.Builder members = ClaimValue.Group.builder();
    while (in.nextToken() != JsonToken.END_OBJECT) {
      String name = in.currentName();
      in.nextToken();
      members.put(name, value(in));
    }
    return members.build();
  }

  private static ClaimValue value(JsonParser in) throws IOException {
    return switch (in.currentToken()) {
      case START_OBJECT -> object(in);
      case START_ARRAY -> array(in);
      case VALUE_TRUE, VALUE_FALSE -> new ClaimValue.Flag(in.getBooleanValue());
      case VALUE_NULL -> new ClaimValue.Unknown();
      case VALUE_NUMBER_INT -> number(in.getText());
      default -> new ClaimValue.Text(in.getText());
    };
  }

  private static ClaimValue number(String digits) {
    try {
      return new ClaimValue.Unsigned(Long.parseUnsignedLong(digits));
    } catch (NumberFormatException e) {
      return new ClaimValue.Text(digits);
    }
  }

  private static ClaimValue array(JsonParser in) throws IOException {
    List<ClaimValue> values = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      values.add(value(in));
    }
    return new ClaimValue.Many(values);
  }
}

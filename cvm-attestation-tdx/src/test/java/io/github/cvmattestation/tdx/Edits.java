package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Every place in a JSON document, and the document with one of them changed. */
final class Edits {
  /** What stands at a place. */
  enum Kind {
    OBJECT,
    ARRAY,
    SCALAR
  }

  /**
   * A value.
   *
   * @param path such as {@code .tcbLevels[0].tcb}; empty for the document
   * @param name of the member that it is, or empty
   */
  record Place(String path, String name, Kind kind) {
    /** The path without its indices. */
    String shape() {
      return path.replaceAll("\\[[0-9]+]", "");
    }

    @Override
    public String toString() {
      return path.isEmpty() ? "the document" : path;
    }
  }

  private final String target;
  private final UnaryOperator<String> value;
  private final UnaryOperator<String> entry;
  private final List<Place> places = new ArrayList<>();

  private Edits(String target, UnaryOperator<String> value, UnaryOperator<String> entry) {
    this.target = target;
    this.value = value;
    this.entry = entry;
  }

  /** All places of {@code document}. */
  static List<Place> places(String document) {
    Edits none = new Edits("nowhere", UnaryOperator.identity(), UnaryOperator.identity());
    none.render(parse(document), "", "");
    return none.places;
  }

  /** {@code document} with the text of one value changed. */
  static String value(String document, Place place, UnaryOperator<String> change) {
    Edits edits = new Edits(place.path, change, UnaryOperator.identity());
    return edits.render(parse(document), "", "");
  }

  /** {@code document} with one member, name included, or one item changed; empty drops it. */
  static String entry(String document, Place place, UnaryOperator<String> change) {
    Edits edits = new Edits(place.path, UnaryOperator.identity(), change);
    return edits.render(parse(document), "", "");
  }

  private static Json parse(String document) {
    try {
      return StrictJson.parse("x", Documents.utf8(document), SignedText.MAX_SIZE);
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  private String render(Json json, String path, String name) {
    List<String> parts = new ArrayList<>();
    String text;
    if (json instanceof Json.Obj object) {
      places.add(new Place(path, name, Kind.OBJECT));
      for (String member : object.names()) {
        String at = path + "." + member;
        String rendered = render(object.get(member).orElseThrow(), at, member);
        parts.add(edited(at, "\"" + member + "\":" + rendered));
      }
      text = "{" + joined(parts) + "}";
    } else if (json instanceof Json.Arr array) {
      places.add(new Place(path, name, Kind.ARRAY));
      for (Json item : array.items()) {
        String at = path + "[" + parts.size() + "]";
        parts.add(edited(at, render(item, at, "")));
      }
      text = "[" + joined(parts) + "]";
    } else {
      places.add(new Place(path, name, Kind.SCALAR));
      text = scalar(json);
    }
    return path.equals(target) ? value.apply(text) : text;
  }

  private static String scalar(Json json) {
    if (json instanceof Json.Str string) {
      assertThat(string.value()).as("needs no escape").matches("[ !#-\\[\\]-~]*");
      return '"' + string.value() + '"';
    }
    if (json instanceof Json.Num number) {
      return number.value().toString();
    }
    return json instanceof Json.Bool bool ? String.valueOf(bool.value()) : "null";
  }

  private String edited(String at, String text) {
    return at.equals(target) ? entry.apply(text) : text;
  }

  private static String joined(List<String> parts) {
    return String.join(",", parts.stream().filter(part -> !part.isEmpty()).toList());
  }
}

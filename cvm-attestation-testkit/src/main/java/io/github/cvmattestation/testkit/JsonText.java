package io.github.cvmattestation.testkit;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON (RFC 8259) that clients send to a fake server: objects become maps, arrays lists. It
 * is for tests alone and takes what is well-formed, no matter how large.
 */
final class JsonText {
  private final String text;
  private int at;

  private JsonText(String text) {
    this.text = text;
  }

  /** The object in {@code text}. */
  static Map<String, Object> object(String text) {
    JsonText in = new JsonText(text);
    Map<String, Object> object = in.object();
    in.skip();
    if (in.at != text.length()) {
      throw in.malformed();
    }
    return object;
  }

  /** The member at {@code path}, if there is one. */
  static @Nullable Object find(Map<?, ?> object, String... path) {
    Object value = object;
    for (String name : path) {
      value = value instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return value;
  }

  /** The string at {@code path}, or an empty one. */
  static String text(Map<?, ?> object, String... path) {
    return find(object, path) instanceof String found ? found : "";
  }

  /** A value as JSON again. */
  static String write(@Nullable Object value) {
    if (value instanceof Map<?, ?> map) {
      JsonMembers members = new JsonMembers();
      map.forEach((name, member) -> members.add((String) name, write(member)));
      return members.json();
    }
    if (value instanceof List<?> list) {
      return JsonMembers.array(list.stream().map(JsonText::write));
    }
    return value instanceof String string ? JsonMembers.quoted(string) : String.valueOf(value);
  }

  private @Nullable Object value() {
    skip();
    char first = peek();
    if (first == '{') {
      return object();
    }
    if (first == '[') {
      return array();
    }
    if (first == '"') {
      return string();
    }
    int start = at;
    while (at < text.length() && ",]} \t\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    String word = text.substring(start, at);
    return switch (word) {
      case "true" -> true;
      case "false" -> false;
      case "null" -> null;
      default -> new BigDecimal(word);
    };
  }

  private Map<String, Object> object() {
    Map<String, Object> members = new LinkedHashMap<>();
    expect('{');
    while (!ends('}', members.isEmpty())) {
      skip();
      String name = string();
      expect(':');
      members.put(name, value());
    }
    return members;
  }

  private List<Object> array() {
    List<Object> items = new ArrayList<>();
    expect('[');
    while (!ends(']', items.isEmpty())) {
      items.add(value());
    }
    return items;
  }

  /** Whether the closing bracket comes; else there is one more, after a comma but for the first. */
  private boolean ends(char bracket, boolean first) {
    skip();
    if (peek() == bracket) {
      at++;
      return true;
    }
    if (!first) {
      expect(',');
    }
    return false;
  }

  private String string() {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (peek() != '"') {
      char c = text.charAt(at++);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escaped = text.charAt(at++);
      if (escaped == 'u') {
        out.append((char) Integer.parseInt(text.substring(at, at + 4), 16));
        at += 4;
      } else {
        int plain = "nrtbf".indexOf(escaped);
        out.append(plain < 0 ? escaped : "\n\r\t\b\f".charAt(plain));
      }
    }
    at++;
    return out.toString();
  }

  private void expect(char wanted) {
    skip();
    if (peek() != wanted) {
      throw malformed();
    }
    at++;
  }

  private void skip() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw malformed();
    }
    return text.charAt(at);
  }

  private IllegalArgumentException malformed() {
    return new IllegalArgumentException("no JSON at character " + at);
  }
}

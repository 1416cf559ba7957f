package io.github.cvmattestation.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The members of a JSON object, in order, with values that may be any text at all. */
final class JsonMembers {
  private final List<Member> members = new ArrayList<>();

  private record Member(String name, String json) {}

  /** Sets a member; it keeps its place, a new one comes last. */
  JsonMembers set(String name, String json) {
    for (int i = 0; i < members.size(); i++) {
      if (members.get(i).name().equals(name)) {
        members.set(i, new Member(name, json));
        return this;
      }
    }
    return add(name, json);
  }

  /** Appends a member, even where there is one of that name. */
  JsonMembers add(String name, String json) {
    members.add(new Member(name, json));
    return this;
  }

  /** Leaves a member out. */
  void remove(String name) {
    members.removeIf(member -> member.name().equals(name));
  }

  /** Shows each member, its name and its JSON. */
  void each(BiConsumer<String, String> to) {
    members.forEach(member -> to.accept(member.name(), member.json()));
  }

  /** The object, without white space. */
  String json() {
    return json(name -> "");
  }

  /** The object, without white space; what has no value yet gets it from {@code late}. */
  String json(UnaryOperator<String> late) {
    return members.stream()
        .map(
            member ->
                quoted(member.name())
                    + ":"
                    + (member.json().isEmpty() ? late.apply(member.name()) : member.json()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  /** An array of values, without white space. */
  static String array(Stream<String> values) {
    return values.collect(Collectors.joining(",", "[", "]"));
  }

  /** A string (RFC 8259, section 7): quotation mark, backslash and controls are escaped. */
  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        default -> out.append(c < ' ' ? String.format(Locale.ROOT, "\\u%04x", (int) c) : c);
      }
    }
    return out.append('"').toString();
  }
}

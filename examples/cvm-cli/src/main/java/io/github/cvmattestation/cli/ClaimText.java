package io.github.cvmattestation.cli;

import io.github.cvmattestation.attestation.ClaimValue;
import java.util.Map;
import java.util.function.Consumer;

/** Claims for people: one to a line, groups indented. */
final class ClaimText {
  private static final int COLUMN = 22;

  private ClaimText() {}

  static void print(ClaimValue.Group group, String indent, Consumer<String> out) {
    for (Map.Entry<String, ClaimValue> member : group.members().entrySet()) {
      print(member.getKey(), member.getValue(), indent, out);
    }
  }

  private static void print(String name, ClaimValue value, String indent, Consumer<String> out) {
    if (value instanceof ClaimValue.Group inner) {
      out.accept(indent + name);
      print(inner, indent + "  ", out);
    } else if (value instanceof ClaimValue.Many many) {
      out.accept(indent + name + (many.values().isEmpty() ? "  none" : ""));
      for (int i = 0; i < many.values().size(); i++) {
        print("[" + i + "]", many.values().get(i), indent + "  ", out);
      }
    } else {
      out.accept(indent + padded(name, COLUMN) + scalar(value));
    }
  }

  /** {@code text} and at least one space, up to {@code width}. */
  static String padded(String text, int width) {
    return text + " ".repeat(Math.max(1, width - text.length()));
  }

  private static String scalar(ClaimValue value) {
    if (value instanceof ClaimValue.Text text) {
      return text.value();
    } else if (value instanceof ClaimValue.Flag flag) {
      return flag.value() ? "yes" : "no";
    } else if (value instanceof ClaimValue.Unknown) {
      return "unknown";
    } else if (value instanceof ClaimValue.Unsigned number) {
      return Long.toUnsignedString(number.value());
    } else if (value instanceof ClaimValue.Binary binary) {
      return binary.value().isEmpty() ? "(empty)" : binary.value().hex();
    }
    throw new IllegalArgumentException("not a single value");
  }
}

package io.github.cvmattestation.cli;

/**
 * Makes text harmless for terminals: evidence, certificates and file names are written by others,
 * and a terminal obeys control characters.
 */
final class Printable {
  private Printable() {}

  /**
   * {@code text} with everything that is not visible written out, such as {@code \}{@code u001b}:
   * C0 and C1 controls, DEL, line separators, invisible format characters (which turn the direction
   * of writing, Unicode Technical Report 36), private and unpaired ones.
   */
  static String of(String text) {
    int at = firstHidden(text);
    if (at < 0) {
      return text;
    }
    StringBuilder shown = new StringBuilder(text.length() + 16).append(text, 0, at);
    while (at < text.length()) {
      int c = text.codePointAt(at);
      if (isHidden(c)) {
        escape(c, shown);
      } else {
        shown.appendCodePoint(c);
      }
      at += Character.charCount(c);
    }
    return shown.toString();
  }

  private static int firstHidden(String text) {
    for (int at = 0; at < text.length(); at += Character.charCount(text.codePointAt(at))) {
      if (isHidden(text.codePointAt(at))) {
        return at;
      }
    }
    return -1;
  }

  private static boolean isHidden(int c) {
    if (c >= ' ' && c < 0x7F) {
      return false;
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.PRIVATE_USE,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          true;
      default -> false;
    };
  }

  private static void escape(int c, StringBuilder shown) {
    for (char unit : Character.toChars(c)) {
      shown.append("\\u");
      for (int shift = 12; shift >= 0; shift -= 4) {
        shown.append(Character.forDigit(unit >> shift & 0xF, 16));
      }
    }
  }
}

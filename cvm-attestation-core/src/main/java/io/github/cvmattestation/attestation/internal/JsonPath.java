package io.github.cvmattestation.attestation.internal;

import org.jspecify.annotations.Nullable;

/**
 * Where a value stands in its document, such as {@code evidence.tpm_quote.pcrs[3]}: a link to what
 * encloses it and one step, made into text only for a message. Most values never need theirs.
 *
 * @param parent the enclosing value's path; none for the document itself
 * @param name the document's or the member's name
 * @param index the place in an array, from 0; negative for the document or a member
 */
public record JsonPath(@Nullable JsonPath parent, String name, int index) {
  /** Longer paths end in dots: a deep one could otherwise repeat its names in every message. */
  static final int MAX_LENGTH = 200;

  private static final int MAX_NAME = 40;

  /** The path of a document. */
  static JsonPath root(String name) {
    return new JsonPath(null, name, -1);
  }

  /** The path of a member. */
  JsonPath member(String member) {
    return new JsonPath(this, member, -1);
  }

  /** The path of an item. */
  JsonPath item(int place) {
    return new JsonPath(this, "", place);
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    append(text);
    return text.toString();
  }

  /** Whether the whole path found room. */
  private boolean append(StringBuilder text) {
    if (parent == null) {
      text.append(name);
      return true;
    }
    if (!parent.append(text)) {
      return false;
    }
    String step = index < 0 ? "." + printable(name) : "[" + index + "]";
    boolean fits = text.length() + step.length() <= MAX_LENGTH;
    text.append(fits ? step : "...");
    return fits;
  }

  /** Names reach messages through paths: only plain ones are repeated. */
  static String printable(String name) {
    boolean plain =
        !name.isEmpty()
            && name.length() <= MAX_NAME
            && name.chars().allMatch(c -> c > 0x20 && c < 0x7F && c != '"');
    return plain ? name : "?";
  }
}

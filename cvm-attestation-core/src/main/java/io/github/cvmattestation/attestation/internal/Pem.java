package io.github.cvmattestation.attestation.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Textual encodings (RFC 7468, the strict grammar, with any line length). Between blocks only white
 * space is allowed: text there would be covered by nothing.
 */
public final class Pem {
  private static final String DASHES = "-----";
  private static final int MAX_BLOCKS = 64;

  private Pem() {}

  /** Whether {@code input} looks like PEM rather than DER. */
  public static boolean looksLike(Bytes input) {
    int at = 0;
    while (at < input.size() && isSpace((char) input.get(at))) {
      at++;
    }
    return at < input.size() && input.get(at) == '-';
  }

  /**
   * The contents of every block, all of which must bear {@code label}.
   *
   * @param label such as {@code CERTIFICATE}
   */
  public static List<Bytes> decode(Bytes input, String label) throws MalformedException {
    String text = new String(input.toArray(), StandardCharsets.ISO_8859_1);
    String begin = DASHES + "BEGIN " + label + DASHES;
    String end = DASHES + "END " + label + DASHES;
    List<Bytes> blocks = new ArrayList<>();
    int at = skipSpace(text, 0);
    while (at < text.length()) {
      int bodyEnd = text.indexOf(end, at + begin.length());
      if (!text.startsWith(begin, at) || bodyEnd < 0) {
        throw new MalformedException("PEM at byte " + at, "a whole " + label, "something else");
      }
      if (blocks.size() == MAX_BLOCKS) {
        throw new MalformedException("PEM", "at most " + MAX_BLOCKS + " blocks", "more");
      }
      blocks.add(Base64s.decodePadded("PEM", withoutSpace(text, at + begin.length(), bodyEnd)));
      at = skipSpace(text, bodyEnd + end.length());
    }
    return blocks;
  }

  private static String withoutSpace(String text, int from, int to) {
    char[] kept = new char[to - from];
    int size = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (!isSpace(c)) {
        kept[size++] = c;
      }
    }
    return new String(kept, 0, size);
  }

  private static int skipSpace(String text, int from) {
    int at = from;
    while (at < text.length() && isSpace(text.charAt(at))) {
      at++;
    }
    return at;
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }
}

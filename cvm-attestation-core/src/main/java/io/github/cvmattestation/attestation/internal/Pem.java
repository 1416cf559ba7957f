package io.github.cvmattestation.attestation.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
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
    while (at < input.size() && isSpace(input.get(at))) {
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
    byte[] text = input.toArray();
    byte[] begin = (DASHES + "BEGIN " + label + DASHES).getBytes(StandardCharsets.ISO_8859_1);
    byte[] end = (DASHES + "END " + label + DASHES).getBytes(StandardCharsets.ISO_8859_1);
    List<Bytes> blocks = new ArrayList<>();
    int at = skipSpace(text, 0);
    while (at < text.length) {
      int body = at + begin.length;
      int bodyEnd = nextDash(text, body);
      if (!stands(begin, text, at) || !stands(end, text, bodyEnd)) {
        throw new MalformedException("PEM at byte " + at, "a whole " + label, "something else");
      }
      if (blocks.size() == MAX_BLOCKS) {
        throw new MalformedException("PEM", "at most " + MAX_BLOCKS + " blocks", "more");
      }
      blocks.add(Base64s.decodePadded("PEM", withoutSpace(text, body, bodyEnd)));
      at = skipSpace(text, bodyEnd + end.length);
    }
    return blocks;
  }

  private static boolean stands(byte[] mark, byte[] text, int at) {
    return text.length - at >= mark.length
        && Arrays.equals(mark, 0, mark.length, text, at, at + mark.length);
  }

  /** Base64 has no dashes, so the next one ends the body. */
  private static int nextDash(byte[] text, int from) {
    int at = from;
    while (at < text.length && text[at] != '-') {
      at++;
    }
    return at;
  }

  private static byte[] withoutSpace(byte[] text, int from, int to) {
    byte[] kept = new byte[to - from];
    int size = 0;
    for (int i = from; i < to; i++) {
      if (!isSpace(text[i])) {
        kept[size++] = text[i];
      }
    }
    return Arrays.copyOf(kept, size);
  }

  private static int skipSpace(byte[] text, int from) {
    int at = from;
    while (at < text.length && isSpace(text[at])) {
      at++;
    }
    return at;
  }

  private static boolean isSpace(int c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
  }
}

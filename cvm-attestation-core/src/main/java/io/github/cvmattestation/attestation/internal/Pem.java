package io.github.cvmattestation.attestation.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.nio.ByteBuffer;
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
    int at = skipSpace(input, 0);
    return at < input.size() && input.get(at) == '-';
  }

  /**
   * The contents of every block, all of which must bear {@code label}.
   *
   * @param label such as {@code CERTIFICATE}
   */
  public static List<Bytes> decode(Bytes input, String label) throws MalformedException {
    Bytes begin = mark("BEGIN", label);
    Bytes end = mark("END", label);
    List<Bytes> blocks = new ArrayList<>();
    int at = skipSpace(input, 0);
    while (at < input.size()) {
      int body = at + begin.size();
      int bodyEnd = nextDash(input, body);
      if (!stands(begin, input, at) || !stands(end, input, bodyEnd)) {
        throw new MalformedException("PEM at byte " + at, "a whole " + label, "something else");
      }
      if (blocks.size() == MAX_BLOCKS) {
        throw new MalformedException("PEM", "at most " + MAX_BLOCKS + " blocks", "more");
      }
      blocks.add(Base64s.decodePadded("PEM", withoutSpace(input, body, bodyEnd)));
      at = skipSpace(input, bodyEnd + end.size());
    }
    return blocks;
  }

  private static Bytes mark(String side, String label) {
    return Bytes.of((DASHES + side + " " + label + DASHES).getBytes(StandardCharsets.ISO_8859_1));
  }

  private static boolean stands(Bytes mark, Bytes text, int at) {
    return text.size() - at >= mark.size() && text.slice(at, at + mark.size()).equals(mark);
  }

  /** Base64 has no dashes, so the next one ends the body. */
  private static int nextDash(Bytes text, int from) {
    int at = from;
    while (at < text.size() && text.get(at) != '-') {
      at++;
    }
    return at;
  }

  private static ByteBuffer withoutSpace(Bytes text, int from, int to) {
    byte[] octets = text.slice(from, to).toArray();
    int kept = 0;
    for (byte octet : octets) {
      if (!isSpace(octet)) {
        octets[kept++] = octet;
      }
    }
    return ByteBuffer.wrap(octets, 0, kept);
  }

  private static int skipSpace(Bytes text, int from) {
    int at = from;
    while (at < text.size() && isSpace(text.get(at))) {
      at++;
    }
    return at;
  }

  /** One comparison tells for every character of base64. */
  private static boolean isSpace(int c) {
    return c <= ' ' && (c == ' ' || c == '\t' || c == '\r' || c == '\n');
  }
}

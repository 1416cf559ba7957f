package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.math.BigInteger;

/** OBJECT IDENTIFIERs in DER (ITU-T X.690, section 8.19). */
final class Oids {
  /** Identifiers get into messages, and one of 8 KiB has thousands of digits. */
  private static final int MAX_BYTES = 32;

  /** Arcs of up to this many octets, seven bits each, fit a long. */
  private static final int LONG_OCTETS = 9;

  private static final int MORE = 0x80;

  private Oids() {}

  /**
   * The identifier in numbers and dots.
   *
   * @param where what it stands in, for messages
   * @param content without tag and length
   */
  static String dotted(String where, Bytes content) throws MalformedException {
    if (content.size() > MAX_BYTES) {
      throw new MalformedException(where, "a short object identifier", "a long one");
    }
    StringBuilder dotted = new StringBuilder();
    int from = 0;
    while (from < content.size() || from == 0) {
      int to = from;
      while (to < content.size() && content.get(to) >= MORE) {
        to++;
      }
      if (to == content.size() || content.get(from) == MORE) { // cut short, or padded
        throw new MalformedException(where, "an object identifier", "something else");
      }
      to++;
      append(dotted, content, from, to);
      from = to;
    }
    return dotted.toString();
  }

  /** The first two arcs are one number: 40 times the one and the other; only 2 has more than 40. */
  private static void append(StringBuilder dotted, Bytes content, int from, int to) {
    boolean first = from == 0;
    if (to - from > LONG_OCTETS) {
      BigInteger arc = BigInteger.ZERO;
      for (int i = from; i < to; i++) {
        arc = arc.shiftLeft(7).or(BigInteger.valueOf(content.get(i) & ~MORE));
      }
      dotted.append(first ? "2." : ".").append(first ? arc.subtract(BigInteger.valueOf(80)) : arc);
      return;
    }
    long arc = 0;
    for (int i = from; i < to; i++) {
      arc = arc << 7 | (content.get(i) & ~MORE);
    }
    if (first) {
      long root = Math.min(arc / 40, 2);
      dotted.append(root).append('.').append(arc - 40 * root);
    } else {
      dotted.append('.').append(arc);
    }
  }
}

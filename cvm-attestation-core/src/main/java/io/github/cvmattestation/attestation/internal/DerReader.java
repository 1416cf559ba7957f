package io.github.cvmattestation.attestation.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.math.BigInteger;

/**
 * Cuts DER into its elements without decoding them (ITU-T X.690, section 10): definite, minimal
 * lengths only. Signed parts are cut out verbatim here, because re-encoding a parsed structure is
 * not verifying what was signed. Nested elements are read by a reader of their own, or by the same
 * one between {@link #enter} and {@link #leave}, which costs no memory.
 */
public final class DerReader {
  /** The tag of SEQUENCE. */
  public static final int SEQUENCE = 0x30;

  /** The tag of BOOLEAN. */
  public static final int BOOLEAN = 0x01;

  /** The tag of BIT STRING. */
  public static final int BIT_STRING = 0x03;

  /** The tag of INTEGER. */
  public static final int INTEGER = 0x02;

  /** The tag of OBJECT IDENTIFIER. */
  public static final int OBJECT_IDENTIFIER = 0x06;

  /** The tag of IA5String. */
  public static final int IA5_STRING = 0x16;

  /** The tag of OCTET STRING. */
  public static final int OCTET_STRING = 0x04;

  private final String structure;
  private final Bytes input;
  private int at;

  /** Where the element ends that is being read: nothing in it may reach beyond. */
  private int limit;

  /** A reader of the elements in {@code input}; {@code structure} is for messages. */
  public DerReader(String structure, Bytes input) {
    this.structure = structure;
    this.input = input;
    limit = input.size();
  }

  /** Whether there is another element. */
  public boolean hasNext() {
    return at < limit;
  }

  /** The tag of the next element, or -1 at the end. */
  public int peekTag() {
    return hasNext() ? input.get(at) : -1;
  }

  /** The next element with its header; it must have this tag. */
  public Bytes element(int tag) throws MalformedException {
    int start = at;
    content(tag);
    return input.slice(start, at);
  }

  /** The next element's content; it must have this tag. */
  public Bytes content(int tag) throws MalformedException {
    int size = header(tag);
    Bytes content = input.slice(at, at + size);
    at += size;
    return content;
  }

  /**
   * Goes into the next element, which must have this tag: its elements come next, then its end.
   *
   * @return what {@link #leave} wants to know
   */
  public int enter(int tag) throws MalformedException {
    int size = header(tag);
    int outer = limit;
    limit = at + size;
    return outer;
  }

  /** Goes back to what stands behind the element that {@link #enter} entered; it must be read. */
  public void leave(int outer) throws MalformedException {
    end();
    limit = outer;
  }

  /** Leaves the rest of the element that was entered unread: it may be no DER at all. */
  public void skipRest() {
    at = limit;
  }

  /**
   * The content of the next element, an OBJECT IDENTIFIER whose numbers are whole and in their
   * shortest form (X.690, section 8.19.2).
   */
  public Bytes objectIdentifier() throws MalformedException {
    Bytes content = content(OBJECT_IDENTIFIER);
    boolean first = true;
    for (int i = 0; i < content.size(); i++) {
      if (first && content.get(i) == 0x80) {
        throw malformed("an OBJECT IDENTIFIER in its shortest form");
      }
      first = content.get(i) < 0x80;
    }
    if (content.isEmpty() || !first) {
      throw malformed("a whole OBJECT IDENTIFIER");
    }
    return content;
  }

  /** The content of the next element, an INTEGER in its shortest form: never empty. */
  public Bytes integerContent() throws MalformedException {
    Bytes content = content(INTEGER);
    if (content.isEmpty() || (content.size() > 1 && isPadding(content.get(0), content.get(1)))) {
      throw malformed("an INTEGER in its shortest form");
    }
    return content;
  }

  /** The next element, an INTEGER in its shortest form (X.690, section 8.3.2). */
  public BigInteger integer() throws MalformedException {
    return new BigInteger(integerContent().toArray());
  }

  private static boolean isPadding(int first, int second) {
    return (first == 0 && second < 0x80) || (first == 0xFF && second >= 0x80);
  }

  /** Refuses bytes after the last element. */
  public void end() throws MalformedException {
    if (hasNext()) {
      throw malformed("nothing more");
    }
  }

  private int header(int tag) throws MalformedException {
    if (!hasNext() || peekTag() != tag) {
      throw malformed("tag 0x%02x".formatted(tag));
    }
    at++;
    long size = length();
    if (size > limit - at) {
      throw malformed("a length that fits");
    }
    return (int) size;
  }

  private long length() throws MalformedException {
    int first = octet();
    if (first < 0x80) {
      return first;
    }
    int count = first & 0x7F;
    if (count == 0 || count > 4) {
      throw malformed("a definite length of at most 4 bytes");
    }
    long length = 0;
    for (int i = 0; i < count; i++) {
      length = length << 8 | octet();
    }
    boolean minimal = length >= 0x80 && length >>> (8 * (count - 1)) != 0;
    if (!minimal) {
      throw malformed("a minimal length");
    }
    return length;
  }

  private int octet() throws MalformedException {
    if (!hasNext()) {
      throw malformed("a length");
    }
    return input.get(at++);
  }

  private MalformedException malformed(String expected) {
    return new MalformedException(
        "%s at byte %d of its DER".formatted(structure, at), expected, "something else");
  }
}

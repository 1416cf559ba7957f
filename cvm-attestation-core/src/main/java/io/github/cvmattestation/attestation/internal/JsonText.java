package io.github.cvmattestation.attestation.internal;

import io.github.cvmattestation.attestation.MalformedException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** What JSON text must be before its syntax matters: UTF-8 (RFC 8259, section 8.1) without NUL. */
final class JsonText {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long EACH_OCTET = 0x0101_0101_0101_0101L;
  private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
  private static final long BACKSLASHES = EACH_OCTET * '\\';

  private JsonText() {}

  /**
   * Refuses what is not UTF-8: Jackson would otherwise guess UTF-16 or UTF-32 and let malformed
   * UTF-8 pass.
   *
   * @param name what is read, for messages
   * @param text an array's
   * @return whether there is a backslash: UTF-8 has no way to write half a surrogate pair, so only
   *     text with escapes can name one
   */
  static boolean requireUtf8(String name, ByteBuffer text) throws MalformedException {
    byte[] octets = text.array();
    int at = text.arrayOffset() + text.position();
    int end = at + text.remaining();
    long high = 0;
    long zeros = 0;
    long escapes = 0;
    for (; at <= end - Long.BYTES; at += Long.BYTES) {
      long eight = (long) LONGS.get(octets, at);
      high |= eight;
      zeros |= zeroOctets(eight);
      escapes |= zeroOctets(eight ^ BACKSLASHES);
    }
    for (; at < end; at++) {
      high |= octets[at];
      zeros |= octets[at] == 0 ? HIGH_BITS : 0;
      escapes |= octets[at] == '\\' ? HIGH_BITS : 0;
    }
    if (zeros != 0) {
      throw new MalformedException(name, "UTF-8 without NUL", "a NUL");
    }
    if ((high & HIGH_BITS) != 0) { // nearly every document is ASCII
      requireDecodes(name, text);
    }
    return escapes != 0;
  }

  private static void requireDecodes(String name, ByteBuffer text) throws MalformedException {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(text.duplicate());
    } catch (CharacterCodingException e) {
      throw new MalformedException(name, "UTF-8", "something else");
    }
    if ((text.get(text.position()) & 0xFF) == 0xEF) {
      throw new MalformedException(name, "no byte order mark", "one");
    }
  }

  /** Zero if and only if none of the eight octets is zero: only a zero makes a borrow begin. */
  private static long zeroOctets(long eight) {
    return (eight - EACH_OCTET) & ~eight & HIGH_BITS;
  }

  /**
   * Whether every surrogate in {@code text} has its other half. RFC 8259, section 8.2: an escape
   * may name half a pair, which is no character, and of which receivers make different texts.
   */
  static boolean isWellFormed(String text) {
    int i = 0;
    while (i < text.length()) {
      boolean pair =
          i + 1 < text.length() && Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1));
      if (!pair && Character.isSurrogate(text.charAt(i))) {
        return false;
      }
      i += pair ? 2 : 1;
    }
    return true;
  }
}

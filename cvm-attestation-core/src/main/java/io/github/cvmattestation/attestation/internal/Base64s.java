package io.github.cvmattestation.attestation.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * Base64 (RFC 4648) with one reading for each text: decoders of the JDK ignore the unused bits of
 * the last character, so that several texts name the same bytes; here the text must be the one that
 * encoding gives.
 */
public final class Base64s {
  /** RFC 4648, section 4. */
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  /** RFC 4648, section 5. */
  private static final String URL_ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private Base64s() {}

  /**
   * Decodes base64 or base64url, padded or not: senders differ, and the bytes do not.
   *
   * @param where what is decoded, for messages
   */
  public static Bytes decode(String where, String text) throws MalformedException {
    boolean url = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
    // What is not Latin-1 becomes a question mark, which is no base64 either.
    ByteBuffer characters = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    return Bytes.of(
        url
            ? decode(where, characters, Base64.getUrlDecoder(), URL_ALPHABET)
            : decode(where, characters, Base64.getDecoder(), ALPHABET));
  }

  /** Decodes base64url without padding, as in a JWS (RFC 7515, section 2). */
  public static ByteBuffer decodeUrl(String where, ByteBuffer text) throws MalformedException {
    if (text.hasRemaining() && text.get(text.limit() - 1) == '=') {
      throw new MalformedException(where, "base64url without padding", "padding");
    }
    return decode(where, text, Base64.getUrlDecoder(), URL_ALPHABET);
  }

  /**
   * Decodes base64 of the first alphabet with its padding, and nothing else (RFC 7468, section 3).
   *
   * @param where what is decoded, for messages
   */
  static Bytes decodePadded(String where, ByteBuffer text) throws MalformedException {
    if (text.remaining() % 4 != 0) {
      throw new MalformedException(where, "padded base64", "something else");
    }
    return Bytes.of(decode(where, text, Base64.getDecoder(), ALPHABET));
  }

  private static ByteBuffer decode(
      String where, ByteBuffer text, Base64.Decoder decoder, String alphabet)
      throws MalformedException {
    int end = text.limit();
    ByteBuffer octets;
    try {
      octets = decoder.decode(text.duplicate()); // takes no padding or all of it
    } catch (IllegalArgumentException e) {
      throw new MalformedException(where, "base64", "something else");
    }
    int over = octets.limit() % 3;
    if (over != 0) {
      // Only the character before the padding has bits to spare: those that no octet has.
      int last = octets.get(octets.limit() - 1);
      int sextet = over == 1 ? (last & 0x03) << 4 : (last & 0x0F) << 2;
      while (text.get(end - 1) == '=') {
        end--;
      }
      if (text.get(end - 1) != alphabet.charAt(sextet)) {
        throw new MalformedException(where, "canonical base64", "stray bits");
      }
    }
    return octets;
  }
}

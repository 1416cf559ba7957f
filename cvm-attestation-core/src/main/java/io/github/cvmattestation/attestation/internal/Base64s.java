package io.github.cvmattestation.attestation.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.Base64;

/**
 * Base64 (RFC 4648) with one reading for each text: decoders of the JDK ignore the unused bits of
 * the last character, so that several texts name the same bytes; here the text must be the one that
 * encoding gives.
 */
public final class Base64s {
  private Base64s() {}

  /**
   * Decodes base64 or base64url, padded or not: senders differ, and the bytes do not.
   *
   * @param where what is decoded, for messages
   */
  public static Bytes decode(String where, String text) throws MalformedException {
    String unpadded = text.endsWith("==") ? cut(text, 2) : text.endsWith("=") ? cut(text, 1) : text;
    boolean padded = unpadded.length() != text.length();
    boolean url = unpadded.indexOf('-') >= 0 || unpadded.indexOf('_') >= 0;
    Base64.Encoder encoder = url ? Base64.getUrlEncoder() : Base64.getEncoder();
    try {
      byte[] octets = (url ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(unpadded);
      String again = (padded ? encoder : encoder.withoutPadding()).encodeToString(octets);
      if (again.equals(text)) {
        return Bytes.of(octets);
      }
    } catch (IllegalArgumentException e) {
      throw new MalformedException(where, "base64", "something else");
    }
    throw new MalformedException(where, "canonical base64", "stray bits or padding");
  }

  /**
   * Decodes base64 of the first alphabet with its padding, and nothing else (RFC 7468, section 3).
   *
   * @param where what is decoded, for messages
   */
  static Bytes decodePadded(String where, String text) throws MalformedException {
    boolean otherForm = text.length() % 4 != 0 || text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
    if (otherForm) {
      throw new MalformedException(where, "padded base64", "something else");
    }
    return decode(where, text);
  }

  private static String cut(String text, int characters) {
    return text.substring(0, text.length() - characters);
  }
}

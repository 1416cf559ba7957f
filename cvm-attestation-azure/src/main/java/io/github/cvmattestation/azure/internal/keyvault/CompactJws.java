package io.github.cvmattestation.azure.internal.keyvault;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import java.util.regex.Pattern;

/**
 * A JWS in compact serialisation (RFC 7515, section 7.1), taken apart. The payload stays unread
 * until its signature has been checked.
 *
 * @param header the JOSE header
 * @param signingInput what is signed: the first two parts as they were received
 * @param payload the payload's octets
 * @param signature the signature's octets
 */
record CompactJws(Json.Obj header, Bytes signingInput, Bytes payload, Bytes signature) {
  /** The most characters that are looked at. A key of 4096 bits comes in some 20,000. */
  static final int MAX_SIZE = 128 << 10;

  private static final String NAME = "release answer";
  private static final Pattern BASE64URL = Pattern.compile("[A-Za-z0-9_-]*+");

  static CompactJws parse(String compact) throws MalformedException {
    if (compact.length() > MAX_SIZE) {
      throw new MalformedException(NAME, "at most " + MAX_SIZE + " characters", "more");
    }
    String[] parts = compact.split("\\.", -1);
    if (parts.length != 3) {
      throw new MalformedException(NAME, "three parts", parts.length + " of them");
    }
    Bytes header = decoded(NAME + ".header", parts[0]);
    return new CompactJws(
        StrictJson.parse(NAME + ".header", header, MAX_SIZE).asObject(),
        Bytes.of((parts[0] + "." + parts[1]).getBytes(US_ASCII)),
        decoded(NAME + ".payload", parts[1]),
        decoded(NAME + ".signature", parts[2]));
  }

  /** Base64url without padding, in the one form that encoding gives (RFC 7515, section 2). */
  static Bytes decoded(String where, String text) throws MalformedException {
    if (!BASE64URL.matcher(text).matches()) {
      throw new MalformedException(where, "base64url", "another character");
    }
    return Base64s.decode(where, text);
  }
}

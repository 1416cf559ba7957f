package io.github.cvmattestation.azure.internal.maa;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.azure.MaaFinding;
import java.nio.ByteBuffer;

/**
 * A JWS in compact serialisation taken apart (RFC 7515, section 7.1), unproven.
 *
 * @param header the protected header, as it was received
 * @param payload the claims, decoded; nobody changes them
 * @param signed what the signature is over: the first two parts as they were received
 * @param signature its octets
 */
record CompactToken(String header, ByteBuffer payload, Bytes signed, Bytes signature) {
  /**
   * Decodes claims and signature. Each part must be the text that encoding its octets gives: the
   * JDK's decoder reads sixteen different last characters of an RSA signature as the same octets.
   */
  static CompactToken read(AttestationToken token) throws RefutedException {
    String compact = token.compact();
    int first = compact.indexOf('.');
    int second = compact.indexOf('.', first + 1);
    ByteBuffer octets = ascii(compact);
    return new CompactToken(
        compact.substring(0, first),
        decode("claims", octets.slice(first + 1, second - first - 1)),
        Bytes.of(octets.slice(0, second)),
        Bytes.of(decode("signature", octets.slice(second + 1, octets.limit() - second - 1))));
  }

  /** The protected header, decoded. */
  Json.Obj readHeader() throws RefutedException {
    return json("header", Bytes.of(decode("header", ascii(header))));
  }

  /** The claims of whoever sent the token. */
  Json.Obj readClaims() throws RefutedException {
    return json("claims", Bytes.of(payload));
  }

  /** A token is ASCII, as its form says. */
  private static ByteBuffer ascii(String text) {
    return ByteBuffer.wrap(text.getBytes(ISO_8859_1));
  }

  private static ByteBuffer decode(String part, ByteBuffer text) throws RefutedException {
    try {
      return Base64s.decodeUrl(part, text);
    } catch (MalformedException e) {
      throw new RefutedException(e.toFinding(MaaFinding.JWT_FORM));
    }
  }

  private static Json.Obj json(String part, Bytes text) throws RefutedException {
    try {
      return StrictJson.parse(part, text, AttestationToken.MAX_SIZE).asObject();
    } catch (MalformedException e) {
      if (DuplicateNames.in(text)) {
        throw new RefutedException(
            Finding.of(
                MaaFinding.JWT_DUPLICATE, part + ": each name once", "one that comes twice"));
      }
      throw new RefutedException(e.toFinding(MaaFinding.JWT_FORM));
    }
  }
}

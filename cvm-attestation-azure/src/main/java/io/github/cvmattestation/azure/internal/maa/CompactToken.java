package io.github.cvmattestation.azure.internal.maa;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.Base64s;
import io.github.cvmattestation.attestation.internal.Json;
import io.github.cvmattestation.attestation.internal.StrictJson;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.attestation.token.AttestationToken;
import io.github.cvmattestation.azure.MaaFinding;

/**
 * A JWS in compact serialisation taken apart (RFC 7515, section 7.1), unproven.
 *
 * @param header the protected header, as it was received
 * @param payload the claims
 * @param signed what the signature is over: the first two parts as they were received
 * @param signature its octets
 */
record CompactToken(String header, Json.Obj payload, Bytes signed, Bytes signature) {
  /**
   * Decodes claims and signature; {@link #readHeader} does the same for the header. Each must be
   * the text that encoding its octets gives: the JDK's decoder reads sixteen different last
   * characters of an RSA signature as the same octets.
   */
  static CompactToken read(AttestationToken token) throws RefutedException {
    String compact = token.compact();
    int first = compact.indexOf('.');
    int second = compact.indexOf('.', first + 1);
    Bytes payload = decode("claims", compact.substring(first + 1, second));
    return new CompactToken(
        compact.substring(0, first),
        json("claims", payload),
        Bytes.of(compact.substring(0, second).getBytes(US_ASCII)),
        decode("signature", compact.substring(second + 1)));
  }

  /** The protected header, decoded. */
  Json.Obj readHeader() throws RefutedException {
    return json("header", decode("header", header));
  }

  private static Bytes decode(String part, String text) throws RefutedException {
    try {
      return Base64s.decode(part, text);
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

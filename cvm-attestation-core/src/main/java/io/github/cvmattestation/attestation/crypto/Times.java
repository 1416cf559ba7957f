package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.bouncycastle.asn1.x509.Time;

/** Dates of X.509 in the one form that RFC 5280, section 4.1.2.5, allows: seconds and a Z. */
final class Times {
  private static final int UTC_TIME = 0x17;
  private static final int CENTURY_PIVOT = 50;

  private Times() {}

  static Instant instant(Time time) throws IOException, MalformedException {
    // Bouncy Castle's own getters accept and normalise many forms: look at the octets instead.
    byte[] der = time.toASN1Primitive().getEncoded();
    String text = new String(der, 2, der.length - 2, StandardCharsets.ISO_8859_1);
    if (der[0] == UTC_TIME) {
      text = (text.compareTo(String.valueOf(CENTURY_PIVOT)) < 0 ? "20" : "19") + text;
    }
    if (!text.matches("[0-9]{14}Z")) {
      throw malformed();
    }
    try {
      return LocalDateTime.of(
              number(text, 0, 4),
              number(text, 4, 6),
              number(text, 6, 8),
              number(text, 8, 10),
              number(text, 10, 12),
              number(text, 12, 14))
          .toInstant(ZoneOffset.UTC);
    } catch (DateTimeException e) {
      throw malformed();
    }
  }

  private static int number(String text, int from, int to) {
    return Integer.parseUnsignedInt(text, from, to, 10);
  }

  private static MalformedException malformed() {
    return new MalformedException("Validity", "a date and time ending in Z", "something else");
  }
}

package io.github.cvmattestation.attestation.crypto;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.internal.DerReader;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;

/** Dates of X.509 in the one form that RFC 5280, section 4.1.2.5, allows: seconds and a Z. */
final class Times {
  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int CENTURY_PIVOT = 50;

  private Times() {}

  /** The next element: UTCTime (YYMMDDHHMMSSZ) or GeneralizedTime (YYYYMMDDHHMMSSZ). */
  static Instant read(DerReader in) throws MalformedException {
    return Instant.ofEpochSecond(epochSecond(in));
  }

  /** Reads what {@link #read} would and refuses what it would, for dates that nobody asks about. */
  static void skip(DerReader in) throws MalformedException {
    epochSecond(in);
  }

  private static long epochSecond(DerReader in) throws MalformedException {
    boolean isUtc = in.peekTag() == UTC_TIME;
    Bytes text = in.content(isUtc ? UTC_TIME : GENERALIZED_TIME);
    int yearDigits = isUtc ? 2 : 4;
    if (text.size() != yearDigits + 11 || text.get(yearDigits + 10) != 'Z') {
      throw malformed();
    }
    int year = number(text, 0, yearDigits);
    if (isUtc) {
      year += year < CENTURY_PIVOT ? 2000 : 1900;
    }
    int hour = number(text, yearDigits + 4, 2);
    int minute = number(text, yearDigits + 6, 2);
    int second = number(text, yearDigits + 8, 2);
    if (hour > 23 || minute > 59 || second > 59) {
      throw malformed();
    }
    try {
      long day =
          LocalDate.of(year, number(text, yearDigits, 2), number(text, yearDigits + 2, 2))
              .toEpochDay();
      return ((day * 24 + hour) * 60 + minute) * 60 + second;
    } catch (DateTimeException e) {
      throw malformed();
    }
  }

  private static int number(Bytes text, int from, int digits) throws MalformedException {
    int number = 0;
    for (int i = from; i < from + digits; i++) {
      int digit = text.get(i) - '0';
      if (digit < 0 || digit > 9) {
        throw malformed();
      }
      number = 10 * number + digit;
    }
    return number;
  }

  private static MalformedException malformed() {
    return new MalformedException("Validity", "a date and time ending in Z", "something else");
  }
}

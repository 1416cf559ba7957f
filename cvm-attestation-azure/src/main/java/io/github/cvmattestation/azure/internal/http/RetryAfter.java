package io.github.cvmattestation.azure.internal.http;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The Retry-After header field (RFC 9110, section 10.2.3): seconds, or a date. */
final class RetryAfter {
  /** Thirty years: no deadline is that far away. */
  private static final int MAX_DIGITS = 9;

  private RetryAfter() {}

  /** How long to wait, if {@code field} says so in either form; never negative. */
  static Optional<Duration> read(@Nullable String field, Instant now) {
    if (field == null) {
      return Optional.empty();
    }
    String text = field.strip();
    boolean digits = text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (digits && !text.isEmpty() && text.length() <= MAX_DIGITS) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant date = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text));
      return Optional.of(date.isAfter(now) ? Duration.between(now, date) : Duration.ZERO);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}

package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.internal.QuoteFormat;
import java.util.Optional;

/** Why bytes are refused as a quote. */
final class Refusals {
  private Refusals() {}

  /** The finding with which {@code quote} is refused, by both ways to read it. */
  static Optional<Finding> refusal(Bytes quote) {
    try {
      QuoteFormat.read(quote);
    } catch (RefutedException e) {
      assertThat(parses(quote)).isFalse();
      return Optional.of(e.finding());
    }
    assertThat(parses(quote)).isTrue();
    return Optional.empty();
  }

  static Optional<FindingCode> code(Bytes quote) {
    return refusal(quote).map(Finding::code);
  }

  static Optional<FindingCode> code(RawQuote quote) {
    return code(quote.encode());
  }

  private static boolean parses(Bytes quote) {
    try {
      TdQuote.parse(quote);
      return true;
    } catch (MalformedException e) {
      return false;
    }
  }
}

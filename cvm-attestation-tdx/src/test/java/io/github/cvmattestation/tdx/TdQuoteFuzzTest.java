package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.internal.QuoteFormat;
import org.junit.jupiter.params.provider.MethodSource;

/** TD quotes: any input is a quote or refused, and a quote's parts add up to the input. */
class TdQuoteFuzzTest {
  @MethodSource("io.github.cvmattestation.tdx.FormatSeeds#quotes")
  @FuzzTest
  void anyBytesAreAQuoteOrRefused(byte[] input) {
    Bytes bytes = Bytes.of(input);
    try {
      TdQuote quote = QuoteFormat.read(bytes);
      QeCertification qe = quote.qe();
      assertThat(bytes.startsWith(quote.signedBytes())).isTrue();
      int known =
          quote.signedBytes().size()
              + (4 + 64 + 64 + 2 + 4 + 384 + 64 + 2 + 2 + 4)
              + qe.authData().size()
              + qe.pckChain().size()
              + quote.trailingBytes().size();
      // What is missing are the NULs that end the chain.
      assertThat(input.length).isGreaterThanOrEqualTo(known);
      assertThat(input[0]).isEqualTo((byte) quote.version());
      attestationKey(quote);
    } catch (RefutedException refused) {
      assertThat(refused.finding().code()).isInstanceOf(TdxFinding.class);
    }
  }

  private static void attestationKey(TdQuote quote) {
    try {
      assertThat(quote.attestationPublicKey().x().bitLength()).isLessThanOrEqualTo(256);
    } catch (MalformedException notOnTheCurve) {
      assertThat(notOnTheCurve.problem()).isNotEmpty();
    }
  }
}

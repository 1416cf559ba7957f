package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Refusals.code;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_LENGTH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.FindingCode;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Sizes nest exactly: whatever a quote says of its parts, nothing is read that is not theirs. */
class QuoteLengthTest {
  private static final Optional<FindingCode> REFUSED = Optional.of(TDX_LENGTH);

  static Stream<RawQuote> quotes() {
    return Stream.of(RawQuote.v4(), RawQuote.v5(2), RawQuote.v5(3), RawQuote.v5(4));
  }

  @ParameterizedTest
  @MethodSource("quotes")
  void everyTruncationIsRefused(RawQuote raw) {
    Bytes quote = raw.encode();
    for (int size = 0; size < quote.size(); size++) {
      assertEquals(REFUSED, code(quote.slice(0, size)), "cut to " + size);
    }
  }

  @ParameterizedTest
  @MethodSource("quotes")
  void whateverFollowsIsHandedOutAndCoversNothing(RawQuote raw) throws MalformedException {
    TdQuote bare = TdQuote.parse(raw.encode());
    for (int more : new int[] {1, 39, 70, 307, 3065}) {
      for (Bytes trailing : new Bytes[] {Bytes.zeros(more), Le.pattern(7, more)}) {
        raw.trailing = trailing;
        TdQuote quote = TdQuote.parse(raw.encode());
        assertThat(quote.trailingBytes()).isEqualTo(trailing);
        assertThat(quote.signedBytes()).isEqualTo(bare.signedBytes());
        assertThat(quote.qe()).isEqualTo(bare.qe());
      }
    }
  }

  static Stream<Arguments> sizes() {
    return Stream.of(
        size(
            "Quote Signature Data Len",
            (quote, delta) -> quote.signatureDataSize = quote.signatureData().size() + delta),
        size("Size of type 6", (quote, delta) -> quote.outerSize = quote.outer().size() + delta),
        size(
            "QE Authentication Data Size",
            (quote, delta) -> quote.authSize = (int) (quote.auth.size() + delta)),
        size("Size of type 5", (quote, delta) -> quote.innerSize = quote.inner.size() + delta));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("sizes")
  void aSizeThatIsOffIsRefused(String name, BiConsumer<RawQuote, Long> lie) {
    for (long delta : new long[] {-33, -1, 1, 2, 70}) {
      for (int more : new int[] {0, 100}) {
        RawQuote quote = RawQuote.v4();
        quote.trailing = Bytes.zeros(more);
        lie.accept(quote, delta);
        // Authentication data of another size moves what follows: then its type is nonsense.
        Optional<FindingCode> code = code(quote);
        if (name.startsWith("QE Auth")) {
          assertThat(code).as("%d", delta).isPresent();
        } else {
          assertThat(code).as("%d with %d bytes after", delta, more).isEqualTo(REFUSED);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 0x7FFFFFFFL, 0x80000000L, 0xFFFFFFFFL})
  void aSizeOfNoSenseIsRefused(long size) {
    RawQuote signatureData = RawQuote.v4();
    signatureData.signatureDataSize = size;
    assertThat(code(signatureData)).isEqualTo(REFUSED);
    RawQuote outer = RawQuote.v4();
    outer.outerSize = size;
    assertThat(code(outer)).isEqualTo(REFUSED);
    RawQuote inner = RawQuote.v4();
    inner.innerSize = size;
    assertThat(code(inner)).isEqualTo(REFUSED);
  }

  @Test
  void authenticationDataMayHaveAnySize() throws MalformedException {
    for (int size : new int[] {0, 1, 31, 32, 33, 1000, 0xFFFF - 4096}) {
      RawQuote quote = RawQuote.v4();
      quote.auth = Le.pattern(3, size);
      assertThat(TdQuote.parse(quote.encode()).qe().authData()).isEqualTo(quote.auth);
    }
    RawQuote quote = RawQuote.v4();
    quote.authSize = 0xFFFF;
    assertThat(code(quote)).isEqualTo(REFUSED);
  }

  @Test
  void nothingMayStandBetweenTheParts() {
    RawQuote inner = RawQuote.v4();
    inner.afterInner = Bytes.zeros(1);
    assertThat(code(inner)).isEqualTo(REFUSED);
    RawQuote outer = RawQuote.v4();
    outer.afterOuter = Bytes.zeros(1);
    assertThat(code(outer)).isEqualTo(REFUSED);
  }

  @Test
  void noMoreThan64KibibytesAreLookedAt() {
    RawQuote quote = RawQuote.v4();
    quote.trailing = Bytes.zeros(TdQuote.MAX_SIZE - quote.encode().size());
    assertThat(quote.encode().size()).isEqualTo(65536);
    assertThat(code(quote)).isEmpty();
    quote.trailing = quote.trailing.concat(Bytes.zeros(1));
    assertThat(code(quote)).isEqualTo(REFUSED);
    // The cap comes first: what is too long is not looked at at all.
    assertThat(code(Bytes.ofHex("d2").concat(Bytes.zeros(65536)))).isEqualTo(REFUSED);
  }

  private static Arguments size(String name, BiConsumer<RawQuote, Long> lie) {
    return Arguments.of(name, lie);
  }
}

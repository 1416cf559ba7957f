package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Refusals.code;
import static io.github.cvmattestation.tdx.Refusals.refusal;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_DICE;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_LENGTH;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_MALFORMED;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_TYPE;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_UNSUPPORTED;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.testkit.Tampering;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The header and the descriptor of the body: what is not a TD quote of ECDSA on P-256. */
class QuoteHeaderTest {
  @ParameterizedTest
  @CsvSource({"0", "1", "2", "6", "7", "260", "1029", "65535"})
  void anotherVersionIsUnsupported(int version) {
    RawQuote quote = RawQuote.v4();
    quote.version = version;
    assertThat(code(quote)).contains(TDX_UNSUPPORTED);
  }

  @Test
  void version3IsOfAnotherTee() {
    RawQuote quote = RawQuote.v4();
    quote.version = 3;
    assertThat(code(quote)).contains(TDX_TYPE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 4, 5, 258, 512, 65535})
  void anotherAttestationKeyTypeIsUnsupported(int type) {
    for (RawQuote quote : new RawQuote[] {RawQuote.v4(), RawQuote.v5(3)}) {
      quote.keyType = type;
      assertThat(code(quote)).contains(TDX_UNSUPPORTED);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 0x80, 0x82, 0x8100, 0x181, 0x81000000L, 0xFFFFFFFFL})
  void anotherTeeTypeIsRefusedWhateverTheKeyType(long type) {
    for (RawQuote quote : new RawQuote[] {RawQuote.v4(), RawQuote.v5(2)}) {
      quote.teeType = type;
      assertThat(code(quote)).contains(TDX_TYPE);
      quote.keyType = 3;
      assertThat(code(quote)).contains(TDX_TYPE);
    }
  }

  @Test
  void everyReservedBitOfTheHeaderMustBeZero() {
    for (RawQuote quote : new RawQuote[] {RawQuote.v4(), RawQuote.v5(3)}) {
      for (int bit = 0; bit < 32; bit++) {
        quote.reserved = Tampering.flipBit(Bytes.zeros(4), bit);
        assertThat(code(quote)).as("bit %d", bit).contains(TDX_MALFORMED);
      }
    }
  }

  @Test
  void everyBitOfTheVendorIsIntels() {
    RawQuote quote = RawQuote.v4();
    Bytes intel = quote.vendor;
    assertThat(TdQuote.INTEL_QE_VENDOR_ID).isEqualTo(intel);
    for (int bit = 0; bit < 128; bit++) {
      quote.vendor = Tampering.flipBit(intel, bit);
      assertThat(code(quote)).as("bit %d", bit).contains(TDX_UNSUPPORTED);
    }
  }

  @Test
  void anSgxReportInAQuoteOfVersion5IsOfAnotherTee() {
    assertThat(code(RawQuote.v5(1))).contains(TDX_TYPE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 5, 6, 0x0200, 0x0302, 0xFFFF})
  void anotherTypeOfBodyIsUnsupported(int type) {
    for (int like = 2; like <= 4; like++) {
      RawQuote quote = RawQuote.v5(like);
      quote.bodyType = type;
      assertThat(code(quote)).contains(TDX_UNSUPPORTED);
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 584", "3, 648", "4, 885"})
  void aBodyHasExactlyTheSizeOfItsType(int type, int size) {
    assertThat(code(RawQuote.v5(type))).isEmpty();
    for (int other : new int[] {0, 384, 584, 648, 885, size - 1, size + 1}) {
      RawQuote quote = RawQuote.v5(type);
      quote.body = Le.pattern(0, other);
      assertThat(code(quote)).as("a body of %d", other).isEqualTo(lengthUnless(other == size));
      quote = RawQuote.v5(type);
      quote.bodySize = (long) other;
      assertThat(code(quote)).as("a size of %d", other).isEqualTo(lengthUnless(other == size));
    }
    RawQuote quote = RawQuote.v5(type);
    quote.bodySize = 0x1_0000_0000L - 1;
    assertThat(code(quote)).contains(TDX_LENGTH);
  }

  @Test
  void version4HasNoDescriptor() throws MalformedException {
    RawQuote quote = RawQuote.v4();
    assertThat(TdQuote.parse(quote.encode()).body().td15()).isEmpty();
    quote.body = Le.pattern(0, 648);
    assertThat(code(quote)).contains(TDX_LENGTH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"d2", "d28443", "d83dd284", "d9d9f7d28443", "d90258", "84581ca1", "a1", "9f"})
  void aCborTokenIsNamedAsDice(String hex) {
    assertThat(code(Bytes.ofHex(hex))).contains(TDX_DICE);
    assertThat(code(Bytes.ofHex(hex).concat(Bytes.zeros(2000)))).contains(TDX_DICE);
  }

  @Test
  void onlyArraysMapsAndTagsAreTakenForCbor() {
    Bytes quote = RawQuote.v4().encode();
    for (int first = 0; first < 256; first++) {
      Bytes changed = Tampering.overwrite(quote, 0, Bytes.of((byte) first));
      // Read as version 5, a body of version 4 begins with a descriptor of nonsense.
      TdxFinding expected =
          first >= 0x80 && first <= 0xDF ? TDX_DICE : first == 3 ? TDX_TYPE : TDX_UNSUPPORTED;
      assertThat(code(changed))
          .as("first byte %02x", first)
          .isEqualTo(first == 4 ? Optional.empty() : Optional.of(expected));
    }
  }

  @Test
  void aTdReportIsNotTakenForAQuote() {
    Bytes report = RawReport.v0().encode();
    assertThat(refusal(report))
        .hasValueSatisfying(
            finding -> {
              assertThat(finding.code()).isEqualTo(TDX_TYPE);
              assertThat(finding.actual()).contains("TDREPORT");
            });
  }

  private static Optional<TdxFinding> lengthUnless(boolean fine) {
    return fine ? Optional.empty() : Optional.of(TDX_LENGTH);
  }
}

package io.github.cvmattestation.tdx;

import static io.github.cvmattestation.tdx.Refusals.code;
import static io.github.cvmattestation.tdx.Refusals.refusal;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_CERTIFICATION_DATA;
import static io.github.cvmattestation.tdx.TdxFinding.TDX_MALFORMED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.testkit.Tampering;
import java.util.BitSet;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Certification data: a quote is verified with the PCK chain inside it, or not at all. */
class QuoteCertificationTest {
  private static final String CERTIFICATE =
      "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----";

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 7, 8, 0x0600, 0xFFFF})
  void theOuterTypeIs6(int type) {
    for (RawQuote quote : new RawQuote[] {RawQuote.v4(), RawQuote.v5(3)}) {
      quote.outerType = type;
      assertThat(code(quote)).contains(TDX_CERTIFICATION_DATA);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 36, /sgx/certification/v4/pckcert",
    "2, 276, encrypted_ppid",
    "3, 404, encrypted_ppid",
    "4, 1200, /sgx/certification/v4/pckcrl",
    "7, 100, not registered"
  })
  void aQuoteWithoutItsChainSaysWhatIsMissingAndWhereItIs(int type, int size, String hint) {
    RawQuote quote = RawQuote.v4();
    quote.innerType = type;
    quote.inner = Le.pattern(0, size);
    Finding finding = refusal(quote.encode()).orElseThrow();
    assertThat(finding.code()).isEqualTo(TDX_CERTIFICATION_DATA);
    assertThat(finding.expected()).contains("5");
    assertThat(finding.actual()).contains("type " + type).contains(hint);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 6, 8, 0x0500, 0xFFFF})
  void anotherInnerTypeIsRefused(int type) {
    RawQuote quote = RawQuote.v4();
    quote.innerType = type;
    assertThat(code(quote)).contains(TDX_CERTIFICATION_DATA);
  }

  @Test
  void aNestedQeReportIsRefused() {
    RawQuote quote = RawQuote.v4();
    quote.innerType = 6;
    quote.inner = RawQuote.v4().outer();
    assertThat(code(quote)).contains(TDX_CERTIFICATION_DATA);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "\n\0", "\0", "\0\0\0", "\r\n", "\n\n\0\0", "\r\n\0"})
  void aChainMayEndInNewlinesAndNuls(String end) throws MalformedException {
    Optional<Bytes> chain = chain(CERTIFICATE + "\n" + CERTIFICATE + end);
    assertThat(chain)
        .contains(RawQuote.ascii(CERTIFICATE + "\n" + CERTIFICATE + end.replace("\0", "")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {" ", "x", "\0x", "\0\n", "\n\0\n", "\t", "\n \n", "\u007f", "\nMAA=\n", "\1"})
  void nothingElseMayFollowAChain(String end) throws MalformedException {
    assertThat(chain(CERTIFICATE + end)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", " ", "\0", "x", "Bag Attributes\n"})
  void nothingMayStandBeforeAChain(String beginning) throws MalformedException {
    assertThat(chain(beginning + CERTIFICATE)).isEmpty();
  }

  @Test
  void onlyTextIsAChain() throws MalformedException {
    String end = "-----END CERTIFICATE-----";
    assertThat(chain(end)).isEmpty();
    assertThat(chain("-----BEGIN CERTIFICATE-----")).isEmpty();
    assertThat(chain("-----BEGIN CERTIFICATE-----\0" + end)).isEmpty();
    assertThat(chain("-----BEGIN CERTIFICATE-----\u007f" + end)).isEmpty();
    assertThat(chain("-----BEGIN CERTIFICATE-----\t" + end)).isEmpty();
    RawQuote quote = RawQuote.v4();
    quote.inner = Bytes.ofHex("308201000000");
    assertThat(code(quote)).contains(TDX_MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\0", "\n", "\n\0\0"})
  void anEmptyChainIsAMissingOne(String nothing) {
    RawQuote quote = RawQuote.v4();
    quote.inner = RawQuote.ascii(nothing);
    Finding finding = refusal(quote.encode()).orElseThrow();
    assertThat(finding.code()).isEqualTo(TDX_CERTIFICATION_DATA);
    assertThat(finding.actual()).contains("/sgx/certification/v4/pckcert");
  }

  /** REPORT: CPUSVN, MISCSELECT, ATTRIBUTES, MRENCLAVE, MRSIGNER, ISVPRODID and ISVSVN, data. */
  @Test
  void exactlyTheReservedBytesOfTheQeReportMustBeZero() {
    BitSet fields = new BitSet();
    int[][] ranges = {{0, 20}, {48, 64}, {64, 96}, {128, 160}, {256, 260}, {320, 384}};
    for (int[] range : ranges) {
      fields.set(range[0], range[1]);
    }
    RawQuote quote = RawQuote.v4();
    Bytes genuine = quote.report;
    for (int bit = 0; bit < 384 * 8; bit++) {
      quote.report = Tampering.flipBit(genuine, bit);
      Optional<TdxFinding> expected =
          fields.get(bit / 8) ? Optional.empty() : Optional.of(TDX_MALFORMED);
      assertThat(code(quote)).as("byte %d", bit / 8).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 383, 385})
  void anEnclaveReportHas384Bytes(int size) {
    assertThatThrownBy(() -> SgxReport.parse(Bytes.zeros(size)))
        .isInstanceOf(MalformedException.class);
  }

  @Test
  void debugIsBit1OfTheFirstByte() throws MalformedException {
    for (int bit = 0; bit < 128; bit++) {
      Bytes attributes = Tampering.flipBit(Bytes.zeros(16), bit);
      Bytes raw = RawQuote.report(Bytes.zeros(16), Bytes.zeros(4), attributes, 0, 0);
      assertThat(SgxReport.parse(raw).isDebug()).isEqualTo(bit == 1);
    }
  }

  /** The chain that is read from this certification data; empty if the quote is malformed. */
  private static Optional<Bytes> chain(String text) throws MalformedException {
    RawQuote quote = RawQuote.v4();
    quote.inner = RawQuote.ascii(text);
    Optional<Finding> refusal = refusal(quote.encode());
    if (refusal.isPresent()) {
      assertThat(refusal.get().code()).isEqualTo(TDX_MALFORMED);
      return Optional.empty();
    }
    return Optional.of(TdQuote.parse(quote.encode()).qe().pckChain());
  }
}

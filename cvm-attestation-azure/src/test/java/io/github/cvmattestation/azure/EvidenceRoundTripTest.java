package io.github.cvmattestation.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.azure.AzureCvmEvidence.Form;
import io.github.cvmattestation.azure.AzureCvmEvidence.Hardware;
import io.github.cvmattestation.azure.AzureCvmEvidence.Quote;
import io.github.cvmattestation.azure.AzureCvmEvidence.TdQuote;
import io.github.cvmattestation.azure.AzureCvmEvidence.Vcek;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

class EvidenceRoundTripTest {
  private static Arbitrary<Bytes> bytes(int min, int max) {
    return Arbitraries.bytes().array(byte[].class).ofMinSize(min).ofMaxSize(max).map(Bytes::of);
  }

  @Provide
  Arbitrary<AzureCvmEvidence> evidence() {
    Arbitrary<Quote> quotes =
        Combinators.combine(bytes(0, 200), bytes(0, 300), bytes(32, 32).list().ofSize(24))
            .as(Quote::new);
    Arbitrary<Hardware> pem =
        Arbitraries.strings()
            .ascii()
            .excludeChars('\0')
            .ofMaxLength(100)
            .map(text -> new Vcek(Bytes.of(text.getBytes(StandardCharsets.US_ASCII))));
    Arbitrary<Hardware> der = bytes(0, 100).map(Vcek::new);
    Arbitrary<Hardware> td = bytes(0, 100).map(TdQuote::new);
    return Arbitraries.of(Form.class)
        .flatMap(
            form ->
                Combinators.combine(
                        Arbitraries.of(true, false),
                        bytes(0, 300),
                        quotes,
                        form == Form.V0 ? pem : Arbitraries.oneOf(der, td))
                    .as(
                        (wrapped, report, quote, hardware) ->
                            new AzureCvmEvidence(form, wrapped, report, quote, hardware)));
  }

  @Property(tries = 300)
  void whatWasWrittenReadsAsEqualEvidence(@ForAll("evidence") AzureCvmEvidence evidence)
      throws MalformedException {
    assertThat(AzureCvmEvidence.parse(evidence.toJson())).isEqualTo(evidence);
  }

  @Property(tries = 300)
  void everyTruncationOfTheJsonIsRefused(
      @ForAll("evidence") AzureCvmEvidence evidence, @ForAll @IntRange(max = 1 << 20) int at) {
    Bytes json = evidence.toJson();
    Bytes cut = json.slice(0, at % json.size());
    assertThatThrownBy(() -> AzureCvmEvidence.parse(cut)).isInstanceOf(MalformedException.class);
  }

  @Property(tries = 300)
  void anHclReportReadsAsItWasWritten(
      @ForAll @IntRange(min = 1, max = 2) int version,
      @ForAll @IntRange(min = 1, max = 3) int hashType,
      @ForAll @IntRange(min = 0, max = 700) int filler)
      throws MalformedException {
    String claims = "{" + " ".repeat(filler) + "}";
    HclReport report =
        HclReport.parse(
            new HclBuilder().version(version).hashType(hashType).claims(claims).build());
    assertThat(report.version()).isEqualTo(version);
    assertThat(report.hashType().ordinal() + 1).isEqualTo(hashType);
    assertThat(report.unverifiedClaims())
        .isEqualTo(Bytes.of(claims.getBytes(StandardCharsets.UTF_8)));
  }
}

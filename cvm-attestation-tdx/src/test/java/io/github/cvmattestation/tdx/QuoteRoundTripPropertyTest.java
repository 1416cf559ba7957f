package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** What an encoder with a reading of its own writes, the parser reads. */
class QuoteRoundTripPropertyTest {
  @Property(tries = 300)
  void everyFieldComesBack(
      @ForAll @IntRange(min = 1, max = 4) int form,
      @ForAll @IntRange(min = 0, max = 200) int authSize,
      @ForAll @IntRange(min = 0, max = 200) int trailing,
      @ForAll long seed)
      throws MalformedException {
    Random random = new Random(seed);
    RawQuote raw = form == 1 ? RawQuote.v4() : RawQuote.v5(form);
    List<Bytes> parts = new ArrayList<>();
    int[] sizes = {16, 48, 48, 8, 8, 8, 48, 48, 48, 48, 48, 48, 48, 48, 64};
    int[] sizes15 = {16, 48};
    int[] sizesEx = {1, 32, 48, 48, 8, 16, 16, 12, 48, 8};
    add(parts, random, sizes);
    add(parts, random, form >= 3 ? sizes15 : new int[0]);
    add(parts, random, form == 4 ? sizesEx : new int[0]);
    raw.body = Bytes.empty().concat(parts.toArray(Bytes[]::new));
    raw.userData = Le.random(random, 20);
    raw.signature = Le.random(random, 64);
    raw.attestationKey = Le.random(random, 64);
    raw.reportSignature = Le.random(random, 64);
    raw.auth = Le.random(random, authSize);
    raw.trailing = Le.random(random, trailing);
    Bytes cpuSvn = Le.random(random, 16);
    Bytes miscSelect = Le.random(random, 4);
    Bytes enclaveAttributes = Le.random(random, 16);
    int prodId = random.nextInt(65536);
    int svn = random.nextInt(65536);
    raw.report = RawQuote.report(cpuSvn, miscSelect, enclaveAttributes, prodId, svn);

    Optional<TdQuoteBody.Td15> td15 =
        form >= 3
            ? Optional.of(new TdQuoteBody.Td15(parts.get(15), parts.get(16)))
            : Optional.empty();
    Optional<TdQuoteBody.Td15Ex> td15Ex =
        form == 4
            ? Optional.of(
                new TdQuoteBody.Td15Ex(
                    parts.get(17).get(0),
                    parts.get(18),
                    parts.get(19),
                    parts.get(20),
                    parts.get(21),
                    parts.get(22),
                    parts.get(23),
                    parts.get(24),
                    parts.get(25),
                    parts.get(26)))
            : Optional.empty();
    TdQuoteBody body =
        new TdQuoteBody(
            parts.get(0),
            parts.get(1),
            parts.get(2),
            parts.get(3),
            new TdAttributes(Le.read(parts.get(4))),
            new Xfam(Le.read(parts.get(5))),
            parts.get(6),
            parts.get(7),
            parts.get(8),
            parts.get(9),
            parts.subList(10, 14),
            parts.get(14),
            td15,
            td15Ex);
    SgxReport report =
        new SgxReport(
            cpuSvn,
            miscSelect,
            enclaveAttributes,
            Le.pattern(60, 32),
            Le.pattern(70, 32),
            prodId,
            svn,
            Le.pattern(80, 64));
    Bytes chain = RawQuote.PEM.slice(0, RawQuote.PEM.size() - 1);
    TdQuote expected =
        new TdQuote(
            form == 1 ? 4 : 5,
            raw.vendor,
            raw.userData,
            body,
            raw.signedBytes(),
            raw.signature,
            raw.attestationKey,
            new QeCertification(report, raw.report, raw.reportSignature, raw.auth, chain),
            raw.trailing);
    assertThat(TdQuote.parse(raw.encode())).isEqualTo(expected);
    assertThat(body.attributes().bytes()).isEqualTo(parts.get(4));
    assertThat(body.xfam().bytes()).isEqualTo(parts.get(5));
  }

  private static void add(List<Bytes> parts, Random random, int[] sizes) {
    for (int size : sizes) {
      parts.add(Le.random(random, size));
    }
  }
}

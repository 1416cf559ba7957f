package io.github.cvmattestation.attestation.eventlog;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.eventlog.LogWriter.Alg;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever the tests' writers write is read back as it is: tagged values, and IMA's two forms. */
class MeasuredOsPropertyTest {
  /** A tagged value before it is written. */
  record Tagged(long type, Bytes data, List<Tagged> children) {
    Bytes write() {
      return children.isEmpty() && (type & SipaItem.AGGREGATION) == 0
          ? SipaWriter.item(type, data)
          : SipaWriter.item(type, children.stream().map(Tagged::write).toArray(Bytes[]::new));
    }
  }

  @Property(tries = 300)
  void everyTreeOfTaggedValuesIsReadBack(@ForAll("trees") Tagged tree) throws Exception {
    assertSame(tree, SipaItem.read(tree.write()));
  }

  private static void assertSame(Tagged written, SipaItem read) {
    assertThat(read.type()).isEqualTo(written.type());
    if ((written.type() & SipaItem.AGGREGATION) == 0) {
      assertThat(read.data()).isEqualTo(written.data());
    }
    assertThat(read.children()).hasSameSizeAs(written.children());
    for (int i = 0; i < written.children().size(); i++) {
      assertSame(written.children().get(i), read.children().get(i));
    }
  }

  @Property(tries = 150)
  void everyListOfFilesIsReadBackAsFarAsItWasQuoted(
      @ForAll("names") List<String> names, @ForAll @IntRange(max = 12) int later) {
    ImaWriter log = ImaWriter.of(Alg.SHA256).boot();
    names.forEach(log::file);
    int quoted = Math.max(1, names.size() + 1 - later);
    List<String> expected = new ArrayList<>(List.of("boot_aggregate"));
    expected.addAll(names.subList(0, quoted - 1));
    for (Bytes form : List.of(log.ascii(), log.binary())) {
      ImaReplay.Matched matched = Imas.matched(ImaLog.replay(form, log.pcrsAfter(quoted)));
      assertThat(matched.entries())
          .extracting(entry -> new String(entry.name().get().toArray(), StandardCharsets.UTF_8))
          .isEqualTo(expected);
      assertThat(matched.unprovenEntries()).isEqualTo(names.size() + 1 - quoted);
    }
  }

  @Provide
  Arbitrary<List<String>> names() {
    return Arbitraries.strings()
        .withCharRange('!', '~')
        .withChars('é', '→')
        .ofMinLength(1)
        .ofMaxLength(40)
        .list()
        .ofMaxSize(10);
  }

  @Provide
  Arbitrary<Tagged> trees() {
    return tree(SipaItem.MAX_DEPTH);
  }

  private static Arbitrary<Tagged> tree(int depth) {
    Arbitrary<Tagged> leaf =
        Combinators.combine(
                Arbitraries.longs().between(0, 0xFFFFFFFFL).map(type -> type & ~0x40000000L),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(20).map(Bytes::of))
            .as((type, data) -> new Tagged(type, data, List.of()));
    if (depth == 1) {
      return leaf;
    }
    Arbitrary<Tagged> aggregation =
        Combinators.combine(
                Arbitraries.longs().between(0, 0xFFFFFFFFL).map(type -> type | 0x40000000L),
                Arbitraries.lazy(() -> tree(depth - 1)).list().ofMaxSize(3))
            .as((type, children) -> new Tagged(type, Bytes.empty(), children));
    return Arbitraries.oneOf(leaf, aggregation);
  }
}

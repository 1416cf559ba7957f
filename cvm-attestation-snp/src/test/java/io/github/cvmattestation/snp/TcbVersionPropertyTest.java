package io.github.cvmattestation.snp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.MalformedException;
import io.github.cvmattestation.testkit.Line;
import io.github.cvmattestation.testkit.Tcb;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A TCB is a vector: "at least" is a partial order on it, and no order of numbers. */
class TcbVersionPropertyTest {
  private static final int TRIES = 500;

  @Provide
  static Arbitrary<TcbVersion> tcbs() {
    // Few values, so that equal and comparable pairs occur.
    Arbitrary<Integer> level = Arbitraries.of(0, 1, 127, 128, 255);
    Arbitrary<TcbVersion> preTurin =
        Combinators.combine(level, level, level, level).as(TcbVersion.PreTurin::new);
    Arbitrary<TcbVersion> turin =
        Combinators.combine(level, level, level, level, level).as(TcbVersion.Turin::new);
    return Arbitraries.oneOf(preTurin, turin);
  }

  @Property(tries = TRIES)
  void isReflexive(@ForAll("tcbs") TcbVersion a) {
    assertThat(a.isAtLeast(a)).isTrue();
  }

  @Property(tries = TRIES)
  void isAntisymmetric(@ForAll("tcbs") TcbVersion a, @ForAll("tcbs") TcbVersion b) {
    assertThat(a.isAtLeast(b) && b.isAtLeast(a)).isEqualTo(a.equals(b));
  }

  @Property(tries = TRIES)
  void isTransitive(
      @ForAll("tcbs") TcbVersion a, @ForAll("tcbs") TcbVersion b, @ForAll("tcbs") TcbVersion c) {
    if (a.isAtLeast(b) && b.isAtLeast(c)) {
      assertThat(a.isAtLeast(c)).isTrue();
    }
  }

  @Property(tries = TRIES)
  void isTheComparisonOfEveryComponent(@ForAll("tcbs") TcbVersion a, @ForAll("tcbs") TcbVersion b) {
    boolean sameLayout = a.getClass() == b.getClass();
    boolean everyOne =
        sameLayout
            && a.components().keySet().stream()
                .allMatch(name -> a.components().get(name) >= b.components().get(name));
    assertThat(a.isAtLeast(b)).isEqualTo(everyOne);
  }

  @Property(tries = TRIES)
  void bytesAreReadAsTheyWereWritten(@ForAll("tcbs") TcbVersion tcb, @ForAll("lines") Line line)
      throws MalformedException {
    List<Integer> levels = List.copyOf(tcb.components().values());
    int fmc = tcb.isTurin() ? levels.get(0) : 0;
    int from = tcb.isTurin() ? 1 : 0;
    Tcb written =
        new Tcb(
            fmc,
            levels.get(from),
            levels.get(from + 1),
            levels.get(from + 2),
            levels.get(from + 3));
    boolean sameLayout = tcb.isTurin() == (line == Line.TURIN);
    if (sameLayout) {
      assertThat(TcbVersion.parse(ProductLine.valueOf(line.name()), written.encode(line)))
          .isEqualTo(tcb);
    }
  }

  @Provide
  static Arbitrary<Line> lines() {
    return Arbitraries.of(Line.values());
  }

  @Example
  void someTcbsCannotBeCompared() {
    TcbVersion moreBoot = new TcbVersion.PreTurin(5, 0, 0, 1);
    TcbVersion moreCode = new TcbVersion.PreTurin(4, 0, 0, 2);
    assertThat(moreBoot.isAtLeast(moreCode)).isFalse();
    assertThat(moreCode.isAtLeast(moreBoot)).isFalse();
    assertThat(moreBoot).isNotInstanceOf(Comparable.class);
  }

  /** go-sev-guest d179b8f: as one number, the highest byte decides alone. */
  @Example
  void aHigherNumberIsNotAHigherTcb() throws MalformedException {
    TcbVersion floor = TcbVersion.parse(ProductLine.MILAN, Bytes.ofHex("0400000000001801"));
    TcbVersion newerCode = TcbVersion.parse(ProductLine.MILAN, Bytes.ofHex("03000000000018ff"));
    assertThat(newerCode.isAtLeast(floor)).isFalse();
  }

  @Example
  void layoutsAreNotComparedWithOneAnother() {
    TcbVersion turin = new TcbVersion.Turin(255, 255, 255, 255, 255);
    TcbVersion milan = new TcbVersion.PreTurin(0, 0, 0, 0);
    assertThat(turin.isAtLeast(milan)).isFalse();
    assertThat(milan.isAtLeast(new TcbVersion.Turin(0, 0, 0, 0, 0))).isFalse();
  }
}

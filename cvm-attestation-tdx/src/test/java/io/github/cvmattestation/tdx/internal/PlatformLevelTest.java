package io.github.cvmattestation.tdx.internal;

import static io.github.cvmattestation.tdx.internal.Tcbs.all;
import static io.github.cvmattestation.tdx.internal.Tcbs.day;
import static io.github.cvmattestation.tdx.internal.Tcbs.isv;
import static io.github.cvmattestation.tdx.internal.Tcbs.level;
import static io.github.cvmattestation.tdx.internal.Tcbs.module;
import static io.github.cvmattestation.tdx.internal.Tcbs.scene;
import static io.github.cvmattestation.tdx.internal.Tcbs.svns;
import static io.github.cvmattestation.tdx.internal.Tcbs.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.TcbEvaluation;
import io.github.cvmattestation.tdx.TcbLevel;
import io.github.cvmattestation.tdx.TcbShortfall;
import io.github.cvmattestation.tdx.TcbShortfall.Kind;
import io.github.cvmattestation.tdx.TcbStatus;
import io.github.cvmattestation.tdx.TdxFinding;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which level a platform reaches, component by component. Expected values are worked by hand. */
class PlatformLevelTest {
  /** Above 127, so that a comparison of signed bytes shows. */
  private static final int NEED = 200;

  private static final String NEW = "2024-11-13";
  private static final String OLD = "2023-02-15";

  /** One SVN that is changed, and how that is told. */
  record Edge(Kind kind, int index, String component) {
    @Override
    public String toString() {
      return component;
    }
  }

  static Stream<Edge> edges() {
    List<Edge> edges = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      edges.add(new Edge(Kind.SGX, i, "sgx[" + i + "]"));
    }
    edges.add(new Edge(Kind.PCE, 0, "pcesvn"));
    edges.add(new Edge(Kind.TDX, 2, "tdx[2] TDX late microcode update"));
    for (int i = 3; i < 16; i++) {
      edges.add(new Edge(Kind.TDX, i, "tdx[" + i + "]"));
    }
    return edges.stream();
  }

  private static Tcbs.Scene atEdge(Edge edge, int svn) {
    Bytes sgx = edge.kind() == Kind.SGX ? with(all(NEED), edge.index(), svn) : all(NEED);
    Bytes tdx = edge.kind() == Kind.TDX ? with(all(NEED), edge.index(), svn) : all(NEED);
    return scene()
        .platform(sgx, edge.kind() == Kind.PCE ? svn : NEED)
        .launch(with(with(tdx, 0, 5), 1, 1));
  }

  private static TcbLevel newest() {
    return level(all(NEED), NEED, all(NEED), NEW, TcbStatus.UP_TO_DATE);
  }

  private static TcbLevel oldest() {
    return level(all(0), 0, all(0), OLD, TcbStatus.OUT_OF_DATE, "INTEL-SA-00837");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("edges")
  void equalOrHigherReachesALevel(Edge edge) throws RefutedException {
    for (int svn : new int[] {NEED, NEED + 1, 255}) {
      TcbEvaluation evaluation = atEdge(edge, svn).levels(newest(), oldest()).evaluate();
      assertThat(evaluation.status()).isEqualTo(TcbStatus.UP_TO_DATE);
      assertThat(evaluation.shortfalls()).isEmpty();
      assertThat(evaluation.launch().platform().tcbDate()).isEqualTo(day(NEW));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("edges")
  void oneBelowDoesNotReachIt(Edge edge) throws RefutedException {
    for (int svn : new int[] {0, 127, 128, NEED - 1}) {
      TcbEvaluation evaluation = atEdge(edge, svn).levels(newest(), oldest()).evaluate();
      assertThat(evaluation.status()).isEqualTo(TcbStatus.OUT_OF_DATE);
      assertThat(evaluation.tcbDate()).isEqualTo(day(OLD));
      assertThat(evaluation.launch().platform().advisories()).containsExactly("INTEL-SA-00837");
      TcbShortfall expected = new TcbShortfall(edge.kind(), edge.index(), svn, NEED, day(NEW));
      assertThat(evaluation.shortfalls()).containsExactly(expected);
      assertThat(expected.component()).isEqualTo(edge.component());
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("edges")
  void belowEveryLevelIsNotSupportedRatherThanOutOfDate(Edge edge) {
    Finding finding = atEdge(edge, NEED - 1).levels(newest()).refusal();
    assertThat(finding)
        .isEqualTo(
            Finding.of(
                TdxFinding.TDX_TCB_NOT_SUPPORTED,
                "a TCB level of the platform, by TEE_TCB_SVN; the nearest, of 2024-11-13, needs "
                    + edge.component()
                    + " 200",
                edge.component() + " 199"));
  }

  @Test
  void pceSvnHasSixteenBits() throws RefutedException {
    Tcbs.Scene scene = scene().levels(level(all(5), 256, svns(5, 0, 5), NEW, TcbStatus.UP_TO_DATE));
    assertThat(scene.platform(all(5), 255).refusal().actual()).isEqualTo("pcesvn 255");
    assertThat(scene.platform(all(5), 65535).evaluate().status()).isEqualTo(TcbStatus.UP_TO_DATE);
  }

  @Test
  void aVersionedModuleIsNotHeldAgainstThePlatformsComponents() throws RefutedException {
    TcbLevel five = level(all(5), 11, svns(5, 0, 5), NEW, TcbStatus.UP_TO_DATE);
    Tcbs.Scene scene = scene().levels(five).modules(module(1, isv(4, NEW, TcbStatus.UP_TO_DATE)));
    assertThat(scene.launch(4, 1, 5).evaluate().status()).isEqualTo(TcbStatus.UP_TO_DATE);
    assertThat(scene.evaluate().shortfalls()).isEmpty();
    assertThat(scene.launch(4, 0, 5).refusal().actual()).isEqualTo("tdx[0] TDX module SVN 4");
  }

  @Test
  void onlyTheModulesTwoComponentsAreSkipped() {
    TcbLevel level = level(all(5), 11, svns(9, 9, 6), NEW, TcbStatus.UP_TO_DATE);
    assertThat(scene().levels(level).launch(5, 1, 5).refusal().actual())
        .isEqualTo("tdx[2] TDX late microcode update 5");
  }

  @Test
  void aModuleFromBeforeVersioningIsHeldAgainstThePlatformsComponents() throws RefutedException {
    TcbLevel high = level(all(5), 11, svns(5, 0, 5), NEW, TcbStatus.UP_TO_DATE);
    TcbLevel low = level(all(5), 11, svns(3, 0, 5), OLD, TcbStatus.OUT_OF_DATE);
    Tcbs.Scene scene = scene().levels(high, low);
    assertThat(scene.launch(5, 0, 5).evaluate().status()).isEqualTo(TcbStatus.UP_TO_DATE);
    TcbEvaluation below = scene.launch(4, 0, 5).evaluate();
    assertThat(below.status()).isEqualTo(TcbStatus.OUT_OF_DATE);
    assertThat(below.shortfalls()).containsExactly(new TcbShortfall(Kind.TDX, 0, 4, 5, day(NEW)));
    assertThat(scene.launch(2, 0, 5).refusal().expected())
        .isEqualTo(
            "a TCB level of the platform, by TEE_TCB_SVN; the nearest, of 2023-02-15, needs"
                + " tdx[0] TDX module SVN 3");
  }

  @Test
  void aLevelOfAVersionedModuleIsOutOfReachForOneFromBeforeVersioning() {
    TcbLevel level = level(all(5), 11, svns(5, 1, 5), NEW, TcbStatus.UP_TO_DATE);
    Finding finding = scene().levels(level).launch(255, 0, 5).refusal();
    assertThat(finding.actual()).isEqualTo("tdx[1] TDX module version 0");
    assertThat(finding.expected()).endsWith(" needs tdx[1] TDX module version 1");
  }
}

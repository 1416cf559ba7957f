package io.github.cvmattestation.tdx.internal;

import static io.github.cvmattestation.tdx.internal.Tcbs.all;
import static io.github.cvmattestation.tdx.internal.Tcbs.isv;
import static io.github.cvmattestation.tdx.internal.Tcbs.level;
import static io.github.cvmattestation.tdx.internal.Tcbs.module;
import static io.github.cvmattestation.tdx.internal.Tcbs.qe;
import static io.github.cvmattestation.tdx.internal.Tcbs.scene;
import static io.github.cvmattestation.tdx.internal.Tcbs.svns;
import static io.github.cvmattestation.tdx.internal.Tcbs.tcbInfo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.IsvLevel;
import io.github.cvmattestation.tdx.TcbEvaluation;
import io.github.cvmattestation.tdx.TcbLevel;
import io.github.cvmattestation.tdx.TcbStatus;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Levels that cannot be compared, in any order, and two of one TCB. */
class TcbLevelOrderTest {
  private static final String NEW = "2024-11-13";
  private static final String OLD = "2023-02-15";

  /** In Intel's order the level with the higher first component comes first. */
  @ParameterizedTest
  @CsvSource({
    "5, 1, UpToDate",
    "5, 9, UpToDate",
    "4, 9, SWHardeningNeeded",
    "4, 255, SWHardeningNeeded",
    "255, 255, UpToDate",
    "4, 8, ConfigurationNeeded",
    "5, 0, ConfigurationNeeded",
  })
  void ofLevelsThatCannotBeComparedTheFirstThatIsReachedCounts(int one, int two, String label)
      throws RefutedException {
    TcbLevel moreOfTheFirst = level(svns(5, 1), 0, svns(), NEW, TcbStatus.UP_TO_DATE);
    TcbLevel moreOfTheSecond = level(svns(4, 9), 0, svns(), NEW, TcbStatus.SW_HARDENING_NEEDED);
    TcbLevel both = level(svns(4, 0), 0, svns(), OLD, TcbStatus.CONFIGURATION_NEEDED);
    for (List<TcbLevel> order :
        List.of(
            List.of(moreOfTheFirst, moreOfTheSecond, both),
            List.of(both, moreOfTheSecond, moreOfTheFirst),
            List.of(moreOfTheSecond, both, moreOfTheFirst))) {
      Tcbs.Scene scene = scene().levels(order.toArray(TcbLevel[]::new));
      assertThat(scene.platform(svns(one, two), 0).evaluate().status().label()).isEqualTo(label);
    }
  }

  @Test
  void levelsAreSortedBySgxThenPceThenTdx() {
    TcbLevel a = level(svns(200), 1, svns(1), OLD, TcbStatus.OUT_OF_DATE);
    TcbLevel b = level(svns(5, 0, 0, 1), 9, svns(1), OLD, TcbStatus.OUT_OF_DATE);
    TcbLevel c = level(svns(5), 300, svns(0, 0, 1), OLD, TcbStatus.OUT_OF_DATE);
    TcbLevel d = level(svns(5), 11, svns(0, 0, 2), NEW, TcbStatus.UP_TO_DATE);
    TcbLevel e = level(svns(5), 11, svns(0, 0, 1, 255), NEW, TcbStatus.UP_TO_DATE);
    TcbLevel f = level(svns(5), 5, svns(9, 9, 9), NEW, TcbStatus.UP_TO_DATE);
    assertThat(tcbInfo(List.of(f, c, a, e, b, d)).levels()).containsExactly(a, b, c, d, e, f);
    assertThat(tcbInfo(List.of(a, b, c, d, e, f)).levels()).containsExactly(a, b, c, d, e, f);
  }

  @Test
  void levelsOfModuleAndQuotingEnclaveAreSorted() throws RefutedException {
    IsvLevel high = isv(6, NEW, TcbStatus.UP_TO_DATE);
    IsvLevel low = isv(2, OLD, TcbStatus.OUT_OF_DATE);
    assertThat(module(1, low, high).levels()).containsExactly(high, low);
    assertThat(qe(low, high).levels()).containsExactly(high, low);
    TcbEvaluation evaluation =
        scene()
            .modules(module(1, low, high))
            .qeLevels(low, high)
            .launch(7, 1, 5)
            .qeSvn(7)
            .evaluate();
    assertThat(evaluation.status()).isEqualTo(TcbStatus.UP_TO_DATE);
  }

  /** Of two levels of one TCB nobody could say which counts. */
  @Test
  void levelsOfOneTcbAreRefused() {
    TcbLevel good = level(svns(5), 11, svns(5), NEW, TcbStatus.UP_TO_DATE);
    TcbLevel bad = level(svns(5), 11, svns(5), OLD, TcbStatus.REVOKED);
    TcbLevel other = level(svns(6), 11, svns(5), NEW, TcbStatus.UP_TO_DATE);
    assertThatThrownBy(() -> tcbInfo(List.of(good, other, bad)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two levels of the same TCB");
    IsvLevel two = isv(2, NEW, TcbStatus.UP_TO_DATE);
    IsvLevel twoAgain = isv(2, OLD, TcbStatus.REVOKED);
    assertThatThrownBy(() -> module(1, two, twoAgain)).hasMessage("two levels of the same TCB");
    assertThatThrownBy(() -> qe(two, twoAgain)).hasMessage("two levels of the same TCB");
  }

  /**
   * The algorithm before 2026-05 matched the two apart, and would have taken the highest of each.
   */
  @Test
  void sgxAndTdxComponentsMustReachTheSameLevel() throws RefutedException {
    TcbLevel high = level(all(9), 11, svns(0, 0, 9), NEW, TcbStatus.UP_TO_DATE);
    TcbLevel middle = level(all(7), 11, svns(0, 0, 7), "2024-03-13", TcbStatus.OUT_OF_DATE);
    TcbLevel low = level(all(5), 11, svns(0, 0, 5), OLD, TcbStatus.REVOKED);
    Tcbs.Scene scene = scene().levels(high, middle, low);
    assertThat(scene.platform(all(9), 11).launch(5, 1, 5).evaluate().launch().platform().status())
        .isEqualTo(TcbStatus.REVOKED);
    assertThat(scene.platform(all(5), 11).launch(5, 1, 9).evaluate().launch().platform().status())
        .isEqualTo(TcbStatus.REVOKED);
    assertThat(scene.platform(all(9), 11).launch(5, 1, 8).evaluate().launch().platform().status())
        .isEqualTo(TcbStatus.OUT_OF_DATE);
  }
}

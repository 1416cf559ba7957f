package io.github.cvmattestation.tdx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.tdx.TcbShortfall.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What the parts say together. */
class TcbEvaluationTest {
  private static final Instant EARLY = Instant.parse("2023-02-15T00:00:00Z");
  private static final Instant MIDDLE = Instant.parse("2024-03-13T00:00:00Z");
  private static final Instant LATE = Instant.parse("2024-11-13T00:00:00Z");
  private static final TcbPart FINE = part(TcbStatus.UP_TO_DATE, LATE);

  private static TcbPart part(TcbStatus status, Instant date, String... advisories) {
    return new TcbPart(status, date, List.of(advisories), List.of());
  }

  private static TcbPart below(TcbShortfall... shortfalls) {
    return new TcbPart(TcbStatus.OUT_OF_DATE, LATE, List.of(), List.of(shortfalls));
  }

  private static TcbAssessment of(TcbPart platform, TcbPart module, TcbPart qe) {
    return new TcbAssessment(platform, Optional.of(module), qe);
  }

  @Test
  void theDateIsTheEarliestOfTheParts() {
    TcbPart early = part(TcbStatus.UP_TO_DATE, EARLY);
    TcbPart middle = part(TcbStatus.UP_TO_DATE, MIDDLE);
    assertThat(of(early, middle, FINE).tcbDate()).isEqualTo(EARLY);
    assertThat(of(middle, early, FINE).tcbDate()).isEqualTo(EARLY);
    assertThat(of(FINE, middle, early).tcbDate()).isEqualTo(EARLY);
    assertThat(of(early, FINE, middle).tcbDate()).isEqualTo(EARLY);
    assertThat(new TcbAssessment(FINE, Optional.empty(), middle).tcbDate()).isEqualTo(MIDDLE);
    assertThat(new TcbAssessment(middle, Optional.empty(), FINE).tcbDate()).isEqualTo(MIDDLE);
  }

  @Test
  void theDateIsTheEarlierOfLaunchAndPresent() {
    TcbAssessment early = of(FINE, part(TcbStatus.UP_TO_DATE, EARLY), FINE);
    TcbAssessment late = of(FINE, FINE, FINE);
    assertThat(new TcbEvaluation(early, Optional.of(late)).tcbDate()).isEqualTo(EARLY);
    assertThat(new TcbEvaluation(late, Optional.of(early)).tcbDate()).isEqualTo(EARLY);
    assertThat(new TcbEvaluation(early, Optional.empty()).tcbDate()).isEqualTo(EARLY);
    assertThat(new TcbEvaluation(late, Optional.empty()).tcbDate()).isEqualTo(LATE);
  }

  @Test
  void advisoriesKeepTheirSourceAndOrderAndComeOnceAltogether() {
    TcbPart platform = part(TcbStatus.OUT_OF_DATE, LATE, "SA-3", "SA-1", "SA-3");
    TcbPart module = part(TcbStatus.OUT_OF_DATE, LATE, "SA-2", "SA-1");
    TcbPart qe = part(TcbStatus.OUT_OF_DATE, LATE, "SA-0", "SA-2");
    TcbAssessment launch = of(platform, module, qe);
    assertThat(launch.advisories()).containsExactly("SA-3", "SA-1", "SA-2", "SA-0");
    assertThat(launch.module().orElseThrow().advisories()).containsExactly("SA-2", "SA-1");
    assertThat(new TcbAssessment(platform, Optional.empty(), qe).advisories())
        .containsExactly("SA-3", "SA-1", "SA-0", "SA-2");
    assertThat(of(FINE, FINE, qe).advisories()).containsExactly("SA-0", "SA-2");
    assertThat(of(FINE, FINE, FINE).advisories()).isEmpty();
    TcbAssessment current = of(part(TcbStatus.OUT_OF_DATE, LATE, "SA-9", "SA-1"), FINE, FINE);
    assertThat(new TcbEvaluation(launch, Optional.of(current)).advisories())
        .containsExactly("SA-3", "SA-1", "SA-2", "SA-0", "SA-9");
    assertThat(new TcbEvaluation(launch, Optional.empty()).advisories())
        .containsExactly("SA-3", "SA-1", "SA-2", "SA-0");
  }

  @Test
  void oneAdvisoryIsNotLostWhereverItStands() {
    TcbPart one = part(TcbStatus.OUT_OF_DATE, LATE, "SA-1");
    assertThat(of(one, FINE, FINE).advisories()).containsExactly("SA-1");
    assertThat(of(FINE, one, FINE).advisories()).containsExactly("SA-1");
    assertThat(of(FINE, FINE, one).advisories()).containsExactly("SA-1");
    assertThat(of(one, one, one).advisories()).containsExactly("SA-1");
  }

  @Test
  void shortfallsAreInTheOrderOfComparisonAndComeOnce() {
    TcbShortfall sgx2 = new TcbShortfall(Kind.SGX, 2, 4, 5, LATE);
    TcbShortfall sgx10 = new TcbShortfall(Kind.SGX, 10, 4, 5, LATE);
    TcbShortfall pce = new TcbShortfall(Kind.PCE, 0, 5, 11, LATE);
    TcbShortfall tdxAtLaunch = new TcbShortfall(Kind.TDX, 2, 3, 8, LATE);
    TcbShortfall tdxNow = new TcbShortfall(Kind.TDX, 2, 5, 8, LATE);
    TcbShortfall moduleAtLaunch = new TcbShortfall(Kind.MODULE, 0, 4, 6, LATE);
    TcbShortfall moduleNow = new TcbShortfall(Kind.MODULE, 0, 2, 3, LATE);
    TcbShortfall qe = new TcbShortfall(Kind.QE, 0, 3, 4, LATE);
    TcbAssessment launch =
        of(below(sgx2, sgx10, pce, tdxAtLaunch), below(moduleAtLaunch), below(qe));
    TcbAssessment current = of(below(sgx2, sgx10, pce, tdxNow), below(moduleNow), below(qe));
    assertThat(launch.shortfalls())
        .containsExactly(sgx2, sgx10, pce, tdxAtLaunch, moduleAtLaunch, qe);
    assertThat(new TcbEvaluation(launch, Optional.of(current)).shortfalls())
        .containsExactly(sgx2, sgx10, pce, tdxAtLaunch, tdxNow, moduleNow, moduleAtLaunch, qe);
    assertThat(new TcbEvaluation(launch, Optional.empty()).shortfalls())
        .isEqualTo(launch.shortfalls());
    assertThat(new TcbAssessment(below(pce), Optional.empty(), below(qe)).shortfalls())
        .containsExactly(pce, qe);
  }

  @ParameterizedTest
  @CsvSource({
    "SGX, 0, sgx[0]",
    "SGX, 15, sgx[15]",
    "PCE, 0, pcesvn",
    "TDX, 0, tdx[0] TDX module SVN",
    "TDX, 1, tdx[1] TDX module version",
    "TDX, 2, tdx[2] TDX late microcode update",
    "TDX, 3, tdx[3]",
    "TDX, 15, tdx[15]",
    "MODULE, 0, module isvsvn",
    "QE, 0, qe isvsvn",
  })
  void aShortfallNamesItsComponent(Kind kind, int index, String name) {
    TcbShortfall shortfall = new TcbShortfall(kind, index, 3, 200, LATE);
    assertThat(shortfall.component()).isEqualTo(name);
    assertThat(shortfall).hasToString(name + " 3, needs 200");
  }

  /** What runs now may be revoked while the launch, and so Intel's one status, is up to date. */
  @Test
  void aRevocationThatIntelsOneStatusHidesIsFlagged() {
    TcbAssessment revoked = of(FINE, part(TcbStatus.REVOKED, LATE), FINE);
    TcbEvaluation evaluation = new TcbEvaluation(of(FINE, FINE, FINE), Optional.of(revoked));
    assertThat(evaluation.status()).isEqualTo(TcbStatus.UP_TO_DATE);
    assertThat(evaluation.isCurrentWorse()).isTrue();
    assertThat(evaluation.isRevoked()).isTrue();
    TcbEvaluation mended = new TcbEvaluation(revoked, Optional.of(of(FINE, FINE, FINE)));
    assertThat(mended.status()).isEqualTo(TcbStatus.REVOKED);
    assertThat(mended.isCurrentWorse()).isFalse();
    assertThat(mended.isRevoked()).isTrue();
  }

  /** {@link TcbEvaluation#isCurrentWorse()} counts on this order. */
  @Test
  void statusesAreDeclaredFromBestToWorst() {
    assertThat(TcbStatus.values())
        .extracting(TcbStatus::label)
        .containsExactly(
            "UpToDate",
            "SWHardeningNeeded",
            "ConfigurationNeeded",
            "ConfigurationAndSWHardeningNeeded",
            "TDRelaunchAdvised",
            "TDRelaunchAdvisedConfigurationNeeded",
            "OutOfDate",
            "OutOfDateConfigurationNeeded",
            "Revoked");
  }

  @ParameterizedTest
  @EnumSource(
      value = TcbStatus.class,
      names = {"UP_TO_DATE", "OUT_OF_DATE", "REVOKED"},
      mode = Mode.EXCLUDE)
  void aModuleOrQuotingEnclaveOfAnotherStatusCannotBeExpressed(TcbStatus status) {
    TcbPart odd = part(status, LATE);
    assertThatThrownBy(() -> of(FINE, odd, FINE)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> of(FINE, FINE, odd)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @EnumSource(
      value = TcbStatus.class,
      names = {"TD_RELAUNCH_ADVISED", "TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED"})
  void aPlatformThatIsAdvisedToLaunchAgainCannotBeExpressed(TcbStatus status) {
    TcbPart odd = part(status, LATE);
    assertThatThrownBy(() -> of(odd, FINE, FINE)).isInstanceOf(IllegalArgumentException.class);
  }
}

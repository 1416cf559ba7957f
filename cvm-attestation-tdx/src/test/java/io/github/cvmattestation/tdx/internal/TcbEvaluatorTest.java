package io.github.cvmattestation.tdx.internal;

import static io.github.cvmattestation.tdx.internal.Tcbs.all;
import static io.github.cvmattestation.tdx.internal.Tcbs.day;
import static io.github.cvmattestation.tdx.internal.Tcbs.isv;
import static io.github.cvmattestation.tdx.internal.Tcbs.level;
import static io.github.cvmattestation.tdx.internal.Tcbs.module;
import static io.github.cvmattestation.tdx.internal.Tcbs.qe;
import static io.github.cvmattestation.tdx.internal.Tcbs.scene;
import static io.github.cvmattestation.tdx.internal.Tcbs.svns;
import static io.github.cvmattestation.tdx.internal.Tcbs.tcbInfo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.TcbEvaluation;
import io.github.cvmattestation.tdx.TcbInfo;
import io.github.cvmattestation.tdx.TcbLevel;
import io.github.cvmattestation.tdx.TcbShortfall;
import io.github.cvmattestation.tdx.TcbShortfall.Kind;
import io.github.cvmattestation.tdx.TcbStatus;
import io.github.cvmattestation.tdx.TdxFinding;
import io.github.cvmattestation.tdx.internal.TcbEvaluator.PlatformSvns;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Module, quoting enclave, launch and present; and what is said where no level is reached. */
class TcbEvaluatorTest {
  private static final String NEW = "2024-11-13";
  private static final String OLD = "2023-02-15";

  /** The algorithm before 2026-05 wanted TEE_TCB_SVN2 at the very latest level. */
  @Test
  void launchingAgainIsAdvisedForAnyMendedLevel() throws RefutedException {
    TcbEvaluation evaluation =
        scene()
            .levels(
                level(all(5), 11, svns(0, 0, 9), NEW, TcbStatus.UP_TO_DATE),
                level(all(5), 11, svns(0, 0, 7), "2024-03-13", TcbStatus.SW_HARDENING_NEEDED),
                level(all(5), 11, svns(0, 0, 5), OLD, TcbStatus.OUT_OF_DATE))
            .launch(5, 1, 5)
            .current(5, 1, 7)
            .evaluate();
    assertThat(evaluation.status()).isEqualTo(TcbStatus.TD_RELAUNCH_ADVISED);
    assertThat(evaluation.isCurrentWorse()).isFalse();
    assertThat(evaluation.shortfalls())
        .containsExactly(
            new TcbShortfall(Kind.TDX, 2, 5, 9, day(NEW)),
            new TcbShortfall(Kind.TDX, 2, 7, 9, day(NEW)));
    assertThat(evaluation.launch().shortfalls())
        .containsExactly(new TcbShortfall(Kind.TDX, 2, 5, 9, day(NEW)));
    assertThat(evaluation.current().orElseThrow().shortfalls())
        .containsExactly(new TcbShortfall(Kind.TDX, 2, 7, 9, day(NEW)));
  }

  @Test
  void withoutTheSecondSvnLaunchingAgainIsNeverAdvised() throws RefutedException {
    Tcbs.Scene scene =
        scene()
            .modules(
                module(1, isv(6, NEW, TcbStatus.UP_TO_DATE), isv(4, OLD, TcbStatus.OUT_OF_DATE)));
    assertThat(scene.launch(5, 1, 5).evaluate().status()).isEqualTo(TcbStatus.OUT_OF_DATE);
    assertThat(scene.current(6, 1, 5).evaluate().status()).isEqualTo(TcbStatus.TD_RELAUNCH_ADVISED);
  }

  @ParameterizedTest
  @CsvSource({
    // svn, status, date
    "255, UpToDate, 2024-11-13",
    "6, UpToDate, 2024-11-13",
    "5, OutOfDate, 2024-03-13",
    "4, OutOfDate, 2024-03-13",
    "3, Revoked, 2023-08-09",
    "2, Revoked, 2023-08-09",
  })
  void aModuleReachesTheHighestLevelNotAboveItsSvn(int svn, String label, String date)
      throws RefutedException {
    TcbEvaluation evaluation = withThreeModuleLevels().launch(svn, 1, 5).evaluate();
    assertThat(evaluation.launch().module().orElseThrow().status().label()).isEqualTo(label);
    assertThat(evaluation.launch().module().orElseThrow().tcbDate()).isEqualTo(day(date));
    assertThat(evaluation.status().label()).isEqualTo(label);
    List<TcbShortfall> shortfalls =
        svn < 6 ? List.of(new TcbShortfall(Kind.MODULE, 0, svn, 6, day(NEW))) : List.of();
    assertThat(evaluation.shortfalls()).isEqualTo(shortfalls);
  }

  private static Tcbs.Scene withThreeModuleLevels() {
    return scene()
        .modules(
            module(
                1,
                isv(6, NEW, TcbStatus.UP_TO_DATE),
                isv(2, "2023-08-09", TcbStatus.REVOKED),
                isv(4, "2024-03-13", TcbStatus.OUT_OF_DATE)));
  }

  @Test
  void aModuleBelowItsLowestLevelIsNotSupported() {
    assertThat(withThreeModuleLevels().launch(1, 1, 5).refusal())
        .isEqualTo(
            Finding.of(
                TdxFinding.TDX_TCB_NOT_SUPPORTED,
                "a TCB level of TDX module version 1, by TEE_TCB_SVN; the lowest, of 2023-08-09,"
                    + " needs module isvsvn 2",
                "module isvsvn 1"));
  }

  @Test
  void aModuleSvnHasEightBitsOnly() {
    Finding finding =
        scene().modules(module(1, isv(256, NEW, TcbStatus.UP_TO_DATE))).launch(255, 1, 5).refusal();
    assertThat(finding.actual()).isEqualTo("module isvsvn 255");
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "127", "128", "255"})
  void theModulesVersionIsTheSecondByteUnsigned(int version) throws RefutedException {
    TcbEvaluation evaluation =
        scene()
            .modules(
                module(3, isv(0, NEW, TcbStatus.REVOKED)),
                module(version, isv(5, NEW, TcbStatus.OUT_OF_DATE)))
            .launch(5, version, 5)
            .evaluate();
    assertThat(evaluation.status()).isEqualTo(TcbStatus.OUT_OF_DATE);
  }

  @Test
  void aModuleWithoutIdentityIsNotSupportedAtLaunchAndNow() {
    Tcbs.Scene scene =
        scene()
            .modules(
                module(3, isv(0, NEW, TcbStatus.UP_TO_DATE)),
                module(1, isv(0, NEW, TcbStatus.UP_TO_DATE)));
    assertThat(scene.launch(5, 2, 5).refusal())
        .isEqualTo(
            Finding.of(
                TdxFinding.TDX_TCB_NOT_SUPPORTED,
                "levels for TDX module version 2, by TEE_TCB_SVN[1]",
                "versions 3, 1"));
    assertThat(scene.launch(5, 1, 5).current(5, 2, 5).refusal())
        .isEqualTo(
            Finding.of(
                TdxFinding.TDX_TCB_NOT_SUPPORTED,
                "levels for TDX module version 2, by TEE_TCB_SVN2[1]",
                "versions 3, 1"));
  }

  @Test
  void withoutAnyIdentityNoVersionedModuleIsSupported() {
    TcbInfo tcbInfo = tcbInfo(List.of(level(all(5), 11, svns(), NEW, TcbStatus.UP_TO_DATE)));
    assertThatThrownBy(
            () ->
                TcbEvaluator.evaluate(
                    tcbInfo,
                    qe(isv(4, NEW, TcbStatus.UP_TO_DATE)),
                    new PlatformSvns(all(5), 11),
                    svns(5, 1, 5),
                    Optional.empty(),
                    4))
        .isInstanceOfSatisfying(
            RefutedException.class,
            e -> {
              assertThat(e.finding().code()).isEqualTo(TdxFinding.TDX_TCB_NOT_SUPPORTED);
              assertThat(e.finding().actual()).isEqualTo("versions none");
            });
  }

  /**
   * An update back to a module from before versioning makes it two of the platform's components.
   */
  @Test
  void theSecondSvnMayBeOfAModuleFromBeforeVersioning() throws RefutedException {
    Tcbs.Scene scene =
        scene()
            .levels(
                level(all(5), 11, svns(5, 0, 5), NEW, TcbStatus.UP_TO_DATE),
                level(all(5), 11, svns(3, 0, 5), OLD, TcbStatus.OUT_OF_DATE))
            .launch(5, 1, 5);
    TcbEvaluation evaluation = scene.current(4, 0, 5).evaluate();
    assertThat(evaluation.status()).isEqualTo(TcbStatus.UP_TO_DATE);
    assertThat(evaluation.current().orElseThrow().module()).isEmpty();
    assertThat(evaluation.current().orElseThrow().status()).isEqualTo(TcbStatus.OUT_OF_DATE);
    assertThat(evaluation.isCurrentWorse()).isTrue();
    assertThat(evaluation.tcbDate()).isEqualTo(day(OLD));
    assertThat(evaluation.launch().tcbDate()).isEqualTo(day(NEW));
  }

  @Test
  void whatRunsNowMustReachALevelHoweverGoodTheLaunchWas() {
    Finding platform = scene().launch(5, 1, 5).current(5, 1, 4).refusal();
    assertThat(platform)
        .isEqualTo(
            Finding.of(
                TdxFinding.TDX_TCB_NOT_SUPPORTED,
                "a TCB level of the platform, by TEE_TCB_SVN2; the nearest, of 2024-11-13, needs"
                    + " tdx[2] TDX late microcode update 5",
                "tdx[2] TDX late microcode update 4"));
    Finding module = scene().launch(5, 1, 5).current(4, 1, 5).refusal();
    assertThat(module.code()).isEqualTo(TdxFinding.TDX_TCB_NOT_SUPPORTED);
    assertThat(module.expected())
        .startsWith("a TCB level of TDX module version 1, by TEE_TCB_SVN2;");
    assertThat(module.actual()).isEqualTo("module isvsvn 4");
  }

  @Test
  void theLaunchMustReachALevelHoweverGoodThePresentIs() {
    assertThat(scene().launch(5, 1, 4).current(5, 1, 5).refusal().expected())
        .startsWith("a TCB level of the platform, by TEE_TCB_SVN;");
  }

  @ParameterizedTest
  @CsvSource({"65535, UpToDate", "8, UpToDate", "7, OutOfDate", "4, OutOfDate"})
  void theQuotingEnclaveReachesTheHighestLevelNotAboveItsSvn(int svn, String label)
      throws RefutedException {
    TcbEvaluation evaluation = withTwoQeLevels().qeSvn(svn).current(5, 1, 5).evaluate();
    assertThat(evaluation.status().label()).isEqualTo(label);
    assertThat(evaluation.launch().qe().status().label()).isEqualTo(label);
    assertThat(evaluation.current().orElseThrow().qe()).isEqualTo(evaluation.launch().qe());
    List<TcbShortfall> shortfalls =
        svn < 8 ? List.of(new TcbShortfall(Kind.QE, 0, svn, 8, day(NEW))) : List.of();
    assertThat(evaluation.shortfalls()).isEqualTo(shortfalls);
  }

  private static Tcbs.Scene withTwoQeLevels() {
    return scene().qeLevels(isv(8, NEW, TcbStatus.UP_TO_DATE), isv(4, OLD, TcbStatus.OUT_OF_DATE));
  }

  @Test
  void aQuotingEnclaveBelowItsLowestLevelIsNotSupported() {
    assertThat(withTwoQeLevels().qeSvn(3).refusal())
        .isEqualTo(
            Finding.of(
                TdxFinding.TDX_TCB_NOT_SUPPORTED,
                "a TCB level of the TD quoting enclave; the lowest, of 2023-02-15, needs qe"
                    + " isvsvn 4",
                "qe isvsvn 3"));
  }

  @Test
  void withoutLevelsNothingIsSupported() {
    assertThat(scene().qeLevels().refusal())
        .isEqualTo(
            Finding.of(
                TdxFinding.TDX_TCB_NOT_SUPPORTED,
                "a TCB level of the TD quoting enclave",
                "none published"));
    assertThat(scene().modules(module(1)).refusal())
        .isEqualTo(
            Finding.of(
                TdxFinding.TDX_TCB_NOT_SUPPORTED,
                "a TCB level of TDX module version 1, by TEE_TCB_SVN",
                "none published"));
    assertThatThrownBy(
            () ->
                TcbEvaluator.evaluate(
                    tcbInfo(List.of()),
                    qe(isv(4, NEW, TcbStatus.UP_TO_DATE)),
                    new PlatformSvns(all(5), 11),
                    svns(),
                    Optional.empty(),
                    4))
        .isInstanceOfSatisfying(
            RefutedException.class,
            e ->
                assertThat(e.finding())
                    .isEqualTo(
                        Finding.of(
                            TdxFinding.TDX_TCB_NOT_SUPPORTED,
                            "a TCB level of the platform, by TEE_TCB_SVN",
                            "none published")));
  }

  @Test
  void theNearestLevelIsTheOneThatTheFewestSvnsMiss() {
    TcbLevel twoShort = level(svns(6, 6), 11, svns(), NEW, TcbStatus.UP_TO_DATE);
    TcbLevel oneShort = level(svns(4, 4), 12, svns(), "2024-03-13", TcbStatus.OUT_OF_DATE);
    TcbLevel twoShortAsWell = level(svns(1, 1, 1, 1), 11, svns(), OLD, TcbStatus.OUT_OF_DATE);
    Finding finding =
        scene().levels(twoShort, oneShort, twoShortAsWell).platform(svns(5, 5), 11).refusal();
    assertThat(finding.expected()).endsWith("; the nearest, of 2024-03-13, needs pcesvn 12");
    assertThat(finding.actual()).isEqualTo("pcesvn 11");
  }

  @Test
  void ofLevelsEquallyNearTheLowestIsNamed() {
    TcbLevel high = level(svns(8, 8), 11, svns(0, 0, 9), NEW, TcbStatus.UP_TO_DATE);
    TcbLevel low = level(svns(7, 7), 12, svns(), OLD, TcbStatus.OUT_OF_DATE);
    Finding finding = scene().levels(high, low).platform(svns(5, 8), 11).refusal();
    assertThat(finding.expected())
        .endsWith("; the nearest, of 2023-02-15, needs sgx[0] 7, pcesvn 12");
    assertThat(finding.actual()).isEqualTo("sgx[0] 5, pcesvn 11");
  }

  @ParameterizedTest
  @EnumSource(
      value = TcbStatus.class,
      names = {"UP_TO_DATE", "OUT_OF_DATE", "REVOKED"},
      mode = Mode.EXCLUDE)
  void statusesThatNoModuleOrQuotingEnclaveCanHaveAreRefused(TcbStatus status) {
    assertThat(scene().modules(module(1, isv(5, NEW, status))).refusal())
        .isEqualTo(
            Finding.of(
                TdxFinding.TDX_TCB_STATUS,
                "a status of a level of TDX module version 1, by TEE_TCB_SVN",
                status.label()));
    assertThat(scene().qeLevels(isv(4, NEW, status)).refusal())
        .isEqualTo(
            Finding.of(
                TdxFinding.TDX_TCB_STATUS,
                "a status of a level of the TD quoting enclave",
                status.label()));
  }

  @ParameterizedTest
  @EnumSource(
      value = TcbStatus.class,
      names = {"TD_RELAUNCH_ADVISED", "TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED"})
  void noPlatformsLevelAdvisesToLaunchAgain(TcbStatus status) {
    assertThat(scene().levels(level(all(5), 11, svns(5, 0, 5), NEW, status)).refusal())
        .isEqualTo(
            Finding.of(
                TdxFinding.TDX_TCB_STATUS, "a status of a platform's level", status.label()));
  }

  @ParameterizedTest
  @CsvSource({"15", "17", "0"})
  void sixteenComponentsAreDemanded(int size) {
    assertThatThrownBy(() -> new PlatformSvns(Bytes.zeros(size), 11))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> scene().launch(Bytes.zeros(size)).evaluate())
        .isInstanceOf(IllegalArgumentException.class);
  }
}

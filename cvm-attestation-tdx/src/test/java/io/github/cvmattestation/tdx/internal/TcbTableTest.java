package io.github.cvmattestation.tdx.internal;

import static io.github.cvmattestation.tdx.internal.Tcbs.all;
import static io.github.cvmattestation.tdx.internal.Tcbs.isv;
import static io.github.cvmattestation.tdx.internal.Tcbs.level;
import static io.github.cvmattestation.tdx.internal.Tcbs.module;
import static io.github.cvmattestation.tdx.internal.Tcbs.scene;
import static io.github.cvmattestation.tdx.internal.Tcbs.svns;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.TcbEvaluation;
import io.github.cvmattestation.tdx.TcbStatus;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every combination of statuses, against tables written out by hand from Intel's rules (Intel SGX
 * and TDX Quote Verification Library, 2026-05: convergence, then the advice to launch again).
 *
 * <p>U UpToDate, S SWHardeningNeeded, C ConfigurationNeeded, B ConfigurationAndSWHardeningNeeded
 * (both), O OutOfDate, D OutOfDateConfigurationNeeded, R Revoked, T TDRelaunchAdvised, X
 * TDRelaunchAdvisedConfigurationNeeded.
 */
class TcbTableTest {
  private static final Map<Character, String> LABELS =
      Map.of(
          'U', "UpToDate",
          'S', "SWHardeningNeeded",
          'C', "ConfigurationNeeded",
          'B', "ConfigurationAndSWHardeningNeeded",
          'O', "OutOfDate",
          'D', "OutOfDateConfigurationNeeded",
          'R', "Revoked",
          'T', "TDRelaunchAdvised",
          'X', "TDRelaunchAdvisedConfigurationNeeded");

  /** Rows: platform. Columns: module and quoting enclave. */
  private static final String PLATFORM_MODULE_QE =
      """
         UU UO UR OU OO OR RU RO RR
      U  U  O  R  O  O  R  R  R  R
      S  S  O  R  O  O  R  R  R  R
      C  C  D  R  D  D  R  R  R  R
      B  B  D  R  D  D  R  R  R  R
      O  O  O  R  O  O  R  R  R  R
      D  D  D  R  D  D  R  R  R  R
      R  R  R  R  R  R  R  R  R  R
      """;

  /** Rows: platform, with a module from before versioning. Columns: quoting enclave. */
  private static final String PLATFORM_QE =
      """
         U  O  R
      U  U  O  R
      S  S  O  R
      C  C  D  R
      B  B  D  R
      O  O  O  R
      D  D  D  R
      R  R  R  R
      """;

  /** Rows: platform at launch. Columns: platform now. A mark where it is worse now. */
  private static final String LAUNCH_CURRENT =
      """
         U  S  C  B  O  D  R
      U  U  U! U! U! U! U! U!
      S  S  S  S! S! S! S! S!
      C  C  C  C  C! C! C! C!
      B  B  B  B  B  B! B! B!
      O  T  T  X  X  O  O! O!
      D  X  X  X  X  D  D  D!
      R  R  R  R  R  R  R  R
      """;

  /** Rows: platform. Columns: module at launch and now. The quoting enclave is UpToDate. */
  private static final String PLATFORM_MODULES =
      """
         UU UO UR OU OO OR RU RO RR
      U  U  U! U! T  O  O! R  R  R
      S  S  S! S! T  O  O! R  R  R
      C  C  C! C! X  D  D! R  R  R
      B  B  B! B! X  D  D! R  R  R
      O  O  O  O! O  O  O! R  R  R
      D  D  D  D! D  D  D! R  R  R
      R  R  R  R  R  R  R  R  R  R
      """;

  /** The same with a quoting enclave that is OutOfDate: to launch again would not help. */
  private static final String PLATFORM_MODULES_WITH_OLD_QE =
      """
         UU UO UR OU OO OR RU RO RR
      U  O  O  O! O  O  O! R  R  R
      S  O  O  O! O  O  O! R  R  R
      C  D  D  D! D  D  D! R  R  R
      B  D  D  D! D  D  D! R  R  R
      O  O  O  O! O  O  O! R  R  R
      D  D  D  D! D  D  D! R  R  R
      R  R  R  R  R  R  R  R  R  R
      """;

  /** One cell of a table. */
  record Cell(char row, String column, String text) {
    TcbStatus expected() {
      return status(text.charAt(0));
    }

    boolean worse() {
      return text.endsWith("!");
    }

    @Override
    public String toString() {
      return row + " with " + column + ": " + text;
    }
  }

  static Stream<Cell> platformModuleQe() {
    return cells(PLATFORM_MODULE_QE, 63);
  }

  static Stream<Cell> platformQe() {
    return cells(PLATFORM_QE, 21);
  }

  static Stream<Cell> launchCurrent() {
    return cells(LAUNCH_CURRENT, 49);
  }

  static Stream<Cell> platformModules() {
    return cells(PLATFORM_MODULES, 63);
  }

  static Stream<Cell> platformModulesWithOldQe() {
    return cells(PLATFORM_MODULES_WITH_OLD_QE, 63);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("platformModuleQe")
  void aPartCanOnlyMakeThePlatformWorse(Cell cell) throws RefutedException {
    TcbStatus module = status(cell.column().charAt(0));
    TcbStatus qe = status(cell.column().charAt(1));
    TcbEvaluation evaluation =
        scene()
            .levels(level(all(5), 11, svns(9, 0, 5), "2024-11-13", status(cell.row())))
            .modules(module(1, isv(5, "2024-11-13", module)))
            .qeLevels(isv(4, "2024-11-13", qe))
            .evaluate();
    assertThat(evaluation.status()).isEqualTo(cell.expected());
    assertThat(evaluation.launch().status()).isEqualTo(cell.expected());
    assertThat(evaluation.launch().platform().status()).isEqualTo(status(cell.row()));
    assertThat(evaluation.launch().module().orElseThrow().status()).isEqualTo(module);
    assertThat(evaluation.launch().qe().status()).isEqualTo(qe);
    assertThat(evaluation.current()).isEmpty();
    assertThat(evaluation.isCurrentWorse()).isFalse();
    assertThat(evaluation.isRevoked()).isEqualTo(cell.expected() == TcbStatus.REVOKED);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("platformQe")
  void aModuleFromBeforeVersioningHasNoStatusOfItsOwn(Cell cell) throws RefutedException {
    TcbEvaluation evaluation =
        scene()
            .levels(level(all(5), 11, svns(5, 0, 5), "2024-11-13", status(cell.row())))
            .launch(5, 0, 5)
            .qeLevels(isv(4, "2024-11-13", status(cell.column().charAt(0))))
            .evaluate();
    assertThat(evaluation.status()).isEqualTo(cell.expected());
    assertThat(evaluation.launch().module()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("launchCurrent")
  void anUpdateOfThePlatformIsJudgedAgainstTheLaunch(Cell cell) throws RefutedException {
    TcbEvaluation evaluation =
        scene()
            .levels(
                level(all(5), 11, svns(0, 0, 9), "2024-11-13", status(cell.column().charAt(0))),
                level(all(5), 11, svns(0, 0, 3), "2023-02-15", status(cell.row())))
            .launch(5, 1, 3)
            .current(5, 1, 9)
            .evaluate();
    assertLaunchAndCurrent(cell, evaluation);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("launchCurrent")
  void aLowerSvnThanAtLaunchIsJudgedAlike(Cell cell) throws RefutedException {
    TcbEvaluation evaluation =
        scene()
            .levels(
                level(all(5), 11, svns(0, 0, 9), "2024-11-13", status(cell.row())),
                level(all(5), 11, svns(0, 0, 3), "2023-02-15", status(cell.column().charAt(0))))
            .launch(5, 1, 9)
            .current(5, 1, 3)
            .evaluate();
    assertLaunchAndCurrent(cell, evaluation);
  }

  private static void assertLaunchAndCurrent(Cell cell, TcbEvaluation evaluation) {
    TcbStatus launch = status(cell.row());
    TcbStatus current = status(cell.column().charAt(0));
    assertThat(evaluation.status()).isEqualTo(cell.expected());
    assertThat(evaluation.launch().status()).isEqualTo(launch);
    assertThat(evaluation.current().orElseThrow().status()).isEqualTo(current);
    assertThat(evaluation.isCurrentWorse()).isEqualTo(cell.worse());
    assertThat(evaluation.isRevoked())
        .isEqualTo(launch == TcbStatus.REVOKED || current == TcbStatus.REVOKED);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("platformModules")
  void anUpdateOfTheModuleIsJudgedAgainstTheLaunch(Cell cell) throws RefutedException {
    TcbEvaluation evaluation = withModules(cell, TcbStatus.UP_TO_DATE);
    assertThat(evaluation.status()).isEqualTo(cell.expected());
    assertThat(evaluation.isCurrentWorse()).isEqualTo(cell.worse());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("platformModulesWithOldQe")
  void launchingAgainIsNotAdvisedWhereItWouldNotHelp(Cell cell) throws RefutedException {
    TcbEvaluation evaluation = withModules(cell, TcbStatus.OUT_OF_DATE);
    assertThat(evaluation.status()).isEqualTo(cell.expected());
    assertThat(evaluation.isCurrentWorse()).isEqualTo(cell.worse());
  }

  private static TcbEvaluation withModules(Cell cell, TcbStatus qe) throws RefutedException {
    return scene()
        .levels(level(all(5), 11, svns(9, 0, 5), "2024-11-13", status(cell.row())))
        .modules(
            module(
                1,
                isv(7, "2024-11-13", status(cell.column().charAt(1))),
                isv(5, "2023-02-15", status(cell.column().charAt(0)))))
        .qeLevels(isv(4, "2024-11-13", qe))
        .launch(5, 1, 5)
        .current(7, 1, 5)
        .evaluate();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("platformModules")
  void anUpdateToAnotherMajorVersionIsJudgedByThatVersionsLevels(Cell cell)
      throws RefutedException {
    TcbEvaluation evaluation =
        scene()
            .levels(level(all(5), 11, svns(9, 0, 5), "2024-11-13", status(cell.row())))
            .modules(
                module(3, isv(2, "2024-11-13", status(cell.column().charAt(1)))),
                module(1, isv(5, "2023-02-15", status(cell.column().charAt(0)))))
            .launch(5, 1, 5)
            .current(2, 3, 5)
            .evaluate();
    assertThat(evaluation.status()).isEqualTo(cell.expected());
    assertThat(evaluation.isCurrentWorse()).isEqualTo(cell.worse());
  }

  private static TcbStatus status(char code) {
    return TcbStatus.ofLabel(LABELS.get(code)).orElseThrow();
  }

  private static Stream<Cell> cells(String table, int count) {
    List<List<String>> rows = table.lines().map(line -> List.of(line.trim().split(" +"))).toList();
    List<String> columns = rows.get(0);
    List<Cell> cells =
        rows.stream()
            .skip(1)
            .flatMap(
                row ->
                    IntStream.range(0, columns.size())
                        .mapToObj(
                            i -> new Cell(row.get(0).charAt(0), columns.get(i), row.get(i + 1))))
            .toList();
    assertThat(cells).hasSize(count);
    return cells.stream();
  }
}

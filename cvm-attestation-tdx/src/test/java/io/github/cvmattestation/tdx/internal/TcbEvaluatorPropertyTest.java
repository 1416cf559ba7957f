package io.github.cvmattestation.tdx.internal;

import static io.github.cvmattestation.tdx.internal.Tcbs.all;
import static io.github.cvmattestation.tdx.internal.Tcbs.svns;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.IsvLevel;
import io.github.cvmattestation.tdx.QeIdentity;
import io.github.cvmattestation.tdx.TcbEvaluation;
import io.github.cvmattestation.tdx.TcbInfo;
import io.github.cvmattestation.tdx.TcbLevel;
import io.github.cvmattestation.tdx.TcbStatus;
import io.github.cvmattestation.tdx.TdxFinding;
import io.github.cvmattestation.tdx.TdxModuleIdentity;
import io.github.cvmattestation.tdx.internal.TcbEvaluator.PlatformSvns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** What holds of every list of levels and every TCB. */
class TcbEvaluatorPropertyTest {
  private static final int TRIES = 300;
  private static final Instant FIRST_DAY = Instant.parse("2020-01-01T00:00:00Z");

  private static final List<TcbStatus> PLATFORM_STATUSES =
      List.of(
          TcbStatus.UP_TO_DATE,
          TcbStatus.SW_HARDENING_NEEDED,
          TcbStatus.CONFIGURATION_NEEDED,
          TcbStatus.CONFIGURATION_AND_SW_HARDENING_NEEDED,
          TcbStatus.OUT_OF_DATE,
          TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED,
          TcbStatus.REVOKED);

  /**
   * What a chain of levels goes through: each wants everything that the one before wants. OutOfDate
   * and ConfigurationNeeded, say, want different things, so no chain has them both.
   */
  private static final List<List<TcbStatus>> WORSENING =
      List.of(
          List.of(
              TcbStatus.UP_TO_DATE,
              TcbStatus.SW_HARDENING_NEEDED,
              TcbStatus.OUT_OF_DATE,
              TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED,
              TcbStatus.REVOKED),
          List.of(
              TcbStatus.UP_TO_DATE,
              TcbStatus.CONFIGURATION_NEEDED,
              TcbStatus.CONFIGURATION_AND_SW_HARDENING_NEEDED,
              TcbStatus.OUT_OF_DATE_CONFIGURATION_NEEDED,
              TcbStatus.REVOKED));

  private static final List<TcbStatus> ISV_STATUSES =
      List.of(TcbStatus.UP_TO_DATE, TcbStatus.OUT_OF_DATE, TcbStatus.REVOKED);

  /** What is held against levels. */
  record Have(int[] sgx, int pce, int[] tdx, int qe) {
    Optional<TcbEvaluation> against(TcbInfo tcbInfo, QeIdentity qeIdentity) {
      try {
        return Optional.of(
            TcbEvaluator.evaluate(
                tcbInfo,
                qeIdentity,
                new PlatformSvns(svns(sgx), pce),
                svns(tdx),
                Optional.empty(),
                qe));
      } catch (RefutedException e) {
        assertThat(e.finding().code()).isEqualTo(TdxFinding.TDX_TCB_NOT_SUPPORTED);
        return Optional.empty();
      }
    }

    /** The same with one SVN higher by one; not the module's version, which is no SVN. */
    Have raised(int which) {
      int[] moreSgx = sgx.clone();
      int[] moreTdx = tdx.clone();
      if (which < 16) {
        moreSgx[which]++;
      } else if (which < 32 && which != 17) {
        moreTdx[which - 16]++;
      }
      return new Have(moreSgx, which == 32 ? pce + 1 : pce, moreTdx, which == 33 ? qe + 1 : qe);
    }
  }

  private static Have have(Random random, int bound) {
    int[] sgx = random.ints(16, 0, bound).toArray();
    int[] tdx = random.ints(16, 0, bound).toArray();
    tdx[1] = random.nextInt(2);
    return new Have(sgx, random.nextInt(bound), tdx, random.nextInt(bound));
  }

  /** Levels each of which is at least the next in everything, with statuses that grow worse. */
  private static List<TcbLevel> chain(Random random) {
    List<TcbLevel> levels = new ArrayList<>();
    int[] sgx = new int[16];
    int[] tdx = new int[16];
    int pce = 0;
    List<TcbStatus> statuses = WORSENING.get(random.nextInt(WORSENING.size()));
    int status = statuses.size() - 1 - random.nextInt(3);
    for (int i = 0; i < 5; i++) {
      levels.add(new TcbLevel(svns(sgx), pce, svns(tdx), date(i), statuses.get(status), List.of()));
      sgx[random.nextInt(16)]++;
      sgx[random.nextInt(16)]++;
      tdx[2 + random.nextInt(14)]++;
      tdx[0] += random.nextInt(2);
      pce += random.nextInt(2);
      status = Math.max(0, status - random.nextInt(2));
    }
    return levels;
  }

  private static IsvLevel[] isvChain(Random random) {
    int status = ISV_STATUSES.size() - 1;
    int svn = 0;
    List<IsvLevel> levels = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      svn += random.nextInt(2) + (i == 0 ? 0 : 1);
      levels.add(new IsvLevel(svn, date(i), ISV_STATUSES.get(status), List.of()));
      status = Math.max(0, status - random.nextInt(3));
    }
    return levels.toArray(IsvLevel[]::new);
  }

  private static Instant date(int days) {
    return FIRST_DAY.plusSeconds(86_400L * days);
  }

  @Property(tries = TRIES)
  void raisingAnySvnNeverWorsensTheStatus(@ForAll long seed) {
    Random random = new Random(seed);
    TcbInfo tcbInfo = Tcbs.tcbInfo(chain(random), Tcbs.module(1, isvChain(random)));
    QeIdentity qe = Tcbs.qe(isvChain(random));
    Have have = have(random, 4);
    Optional<TcbEvaluation> before = have.against(tcbInfo, qe);
    for (int which = 0; which < 34; which++) {
      Optional<TcbEvaluation> after = have.raised(which).against(tcbInfo, qe);
      if (before.isPresent()) {
        assertThat(after).as("with number %d raised", which).isPresent();
        assertThat(after.get().status()).isLessThanOrEqualTo(before.get().status());
        assertThat(after.get().tcbDate()).isAfterOrEqualTo(before.get().tcbDate());
        assertThat(after.get().shortfalls())
            .hasSizeLessThanOrEqualTo(before.get().shortfalls().size());
      }
    }
  }

  @Property(tries = TRIES)
  void theOrderOfLevelsNeverMatters(@ForAll long seed) {
    Random random = new Random(seed);
    List<TcbLevel> levels = anyLevels(random);
    List<IsvLevel> modules = new ArrayList<>(List.of(isvChain(random)));
    List<IsvLevel> qes = new ArrayList<>(List.of(isvChain(random)));
    List<TdxModuleIdentity> identities =
        new ArrayList<>(
            List.of(
                Tcbs.module(1, modules.toArray(IsvLevel[]::new)),
                Tcbs.module(2, isvChain(random))));
    TcbInfo tcbInfo = Tcbs.tcbInfo(levels, identities.toArray(TdxModuleIdentity[]::new));
    QeIdentity qe = Tcbs.qe(qes.toArray(IsvLevel[]::new));
    List<TcbLevel> shuffled = new ArrayList<>(levels);
    Collections.shuffle(shuffled, random);
    Collections.shuffle(modules, random);
    Collections.shuffle(qes, random);
    identities.set(0, Tcbs.module(1, modules.toArray(IsvLevel[]::new)));
    Collections.shuffle(identities, random);
    TcbInfo otherOrder = Tcbs.tcbInfo(shuffled, identities.toArray(TdxModuleIdentity[]::new));
    Have have = have(random, 4);
    assertThat(have.against(otherOrder, Tcbs.qe(qes.toArray(IsvLevel[]::new))))
        .isEqualTo(have.against(tcbInfo, qe));
  }

  /** Levels that mostly cannot be compared; each has a date of its own, by which it is known. */
  private static List<TcbLevel> anyLevels(Random random) {
    List<TcbLevel> levels = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int[] sgx = new int[16];
      int[] tdx = new int[16];
      for (int change = 0; change < 3; change++) {
        sgx[random.nextInt(16)] = random.nextInt(4);
        tdx[random.nextInt(16)] = random.nextInt(4);
      }
      TcbStatus status = PLATFORM_STATUSES.get(random.nextInt(PLATFORM_STATUSES.size()));
      TcbLevel level =
          new TcbLevel(
              svns(sgx), random.nextInt(3), svns(tdx), date(i), status, List.of("SA-" + i));
      if (levels.stream().noneMatch(other -> key(other).equals(key(level)))) {
        levels.add(level);
      }
    }
    return levels;
  }

  /**
   * Written from the rules in another manner: of the levels none of whose demands is missed, the
   * one whose demands, written one after another in two digits each, come last in the dictionary.
   */
  @Property(tries = TRIES)
  void theLevelIsTheHighestOfThoseWhoseEveryDemandIsMet(@ForAll long seed) {
    Random random = new Random(seed);
    List<TcbLevel> levels = anyLevels(random);
    Have have = have(random, 5);
    Optional<TcbLevel> expected =
        levels.stream()
            .filter(level -> missed(level, have).isEmpty())
            .max(Comparator.comparing(TcbEvaluatorPropertyTest::key));
    TcbLevel newest =
        levels.stream().max(Comparator.comparing(TcbEvaluatorPropertyTest::key)).orElseThrow();
    IsvLevel always = new IsvLevel(0, date(100), TcbStatus.UP_TO_DATE, List.of());
    Optional<TcbEvaluation> found =
        have.against(Tcbs.tcbInfo(levels, Tcbs.module(1, always)), Tcbs.qe(always));
    assertThat(found.map(evaluation -> evaluation.launch().platform().tcbDate()))
        .isEqualTo(expected.map(TcbLevel::tcbDate));
    assertThat(found.map(TcbEvaluation::status)).isEqualTo(expected.map(TcbLevel::status));
    assertThat(found.map(TcbEvaluation::advisories)).isEqualTo(expected.map(TcbLevel::advisories));
    if (found.isPresent()) {
      assertThat(found.get().shortfalls().stream().map(Object::toString).toList())
          .isEqualTo(missed(newest, have));
    }
  }

  private static List<String> missed(TcbLevel level, Have have) {
    List<String> missed = new ArrayList<>();
    for (int i : IntStream.range(0, 16).toArray()) {
      compare(missed, "sgx[" + i + "]", have.sgx()[i], level.sgxComponents().get(i));
    }
    compare(missed, "pcesvn", have.pce(), level.pceSvn());
    List<String> meanings =
        List.of(" TDX module SVN", " TDX module version", " TDX late microcode update");
    boolean moduleHasLevels = have.tdx()[1] > 0;
    for (int i : IntStream.range(0, 16).filter(i -> i > 1 || !moduleHasLevels).toArray()) {
      String meaning = i < meanings.size() ? meanings.get(i) : "";
      compare(missed, "tdx[" + i + "]" + meaning, have.tdx()[i], level.tdxComponents().get(i));
    }
    return missed;
  }

  private static void compare(List<String> missed, String name, int have, int need) {
    if (have - need < 0) {
      missed.add(name + " " + have + ", needs " + need);
    }
  }

  private static String key(TcbLevel level) {
    String pceSvn = HexFormat.of().toHexDigits((short) level.pceSvn());
    return level.sgxComponents().hex() + pceSvn + level.tdxComponents().hex();
  }

  /**
   * Nothing that a module or quoting enclave says can better a platform, nor the present a launch.
   */
  @Property(tries = TRIES)
  void nothingIsBetterThanThePlatform(@ForAll long seed) {
    Random random = new Random(seed);
    TcbInfo tcbInfo = Tcbs.tcbInfo(anyLevels(random), Tcbs.module(1, isvChain(random)));
    have(random, 5)
        .against(tcbInfo, Tcbs.qe(isvChain(random)))
        .ifPresent(
            evaluation ->
                assertThat(evaluation.status())
                    .isGreaterThanOrEqualTo(evaluation.launch().platform().status()));
  }

  @Property(tries = TRIES)
  void thePresentNeverMakesIntelsStatusWorseThanTheLaunch(@ForAll long seed)
      throws RefutedException {
    Random random = new Random(seed);
    List<TcbLevel> levels = new ArrayList<>(anyLevels(random));
    levels.removeIf(level -> key(level).equals("0".repeat(68)));
    levels.add(new TcbLevel(all(0), 0, all(0), date(50), TcbStatus.REVOKED, List.of()));
    IsvLevel always = new IsvLevel(0, date(100), TcbStatus.UP_TO_DATE, List.of());
    Have launch = have(random, 5);
    Have current = have(random, 5);
    TcbEvaluation evaluation =
        TcbEvaluator.evaluate(
            Tcbs.tcbInfo(levels, Tcbs.module(1, always)),
            Tcbs.qe(always),
            new PlatformSvns(svns(launch.sgx()), launch.pce()),
            svns(launch.tdx()),
            Optional.of(svns(current.tdx())),
            0);
    TcbStatus before = evaluation.launch().status();
    TcbStatus now = evaluation.current().orElseThrow().status();
    assertThat(evaluation.status()).isLessThanOrEqualTo(before);
    assertThat(evaluation.isCurrentWorse()).isEqualTo(now.ordinal() > before.ordinal());
    assertThat(evaluation.status() == before || evaluation.status().label().contains("Relaunch"))
        .isTrue();
  }
}

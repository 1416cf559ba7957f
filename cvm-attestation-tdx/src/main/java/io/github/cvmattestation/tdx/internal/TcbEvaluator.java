package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.IsvLevel;
import io.github.cvmattestation.tdx.QeIdentity;
import io.github.cvmattestation.tdx.TcbAssessment;
import io.github.cvmattestation.tdx.TcbEvaluation;
import io.github.cvmattestation.tdx.TcbInfo;
import io.github.cvmattestation.tdx.TcbLevel;
import io.github.cvmattestation.tdx.TcbPart;
import io.github.cvmattestation.tdx.TcbShortfall;
import io.github.cvmattestation.tdx.TcbShortfall.Kind;
import io.github.cvmattestation.tdx.TcbStatus;
import io.github.cvmattestation.tdx.TdxFinding;
import io.github.cvmattestation.tdx.TdxModuleIdentity;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Finds the TCB levels that a platform, its TDX module and its quoting enclave reach, as Intel does
 * since May 2026 (Intel SGX and TDX Quote Verification Library, §4.1.2.5.2): SGX and TDX components
 * must reach one and the same level, and what runs now is judged by the same rules as what ran at
 * launch. Before, the two were matched apart, and what runs now was held against the latest level.
 *
 * <p>A TCB below every level is not out of date but unknown, and refuted.
 */
public final class TcbEvaluator {
  /** TEE_TCB_SVN[0]: the SVN of the TDX module (Intel TDX Module Base Architecture). */
  private static final int MODULE_SVN = 0;

  /** TEE_TCB_SVN[1]: the major version of the TDX module; 0 before versioning. */
  private static final int MODULE_VERSION = 1;

  /** Where the components begin that are not the module's: from version 1 on it has own levels. */
  private static final int AFTER_MODULE = 2;

  private TcbEvaluator() {}

  /**
   * What the PCK certificate says of a platform.
   *
   * @param components the 16 SGX components' SVNs, one byte each
   * @param pceSvn PCESVN, 16 bits
   */
  public record PlatformSvns(Bytes components, int pceSvn) {
    public PlatformSvns {
      requireComponents(components);
    }
  }

  /**
   * Evaluates a TCB.
   *
   * @param teeTcbSvn TEE_TCB_SVN, 16 bytes: at launch
   * @param teeTcbSvn2 TEE_TCB_SVN2, 16 bytes: now, where the TD report is of TDX 1.5
   * @param qeIsvSvn ISVSVN of the QE report, 16 bits
   * @throws RefutedException as TDX_TCB_NOT_SUPPORTED when a part reaches no level at all, or the
   *     module's version has none; as TDX_TCB_STATUS when the level has a status that its kind of
   *     part cannot have
   */
  public static TcbEvaluation evaluate(
      TcbInfo tcbInfo,
      QeIdentity qeIdentity,
      PlatformSvns platform,
      Bytes teeTcbSvn,
      Optional<Bytes> teeTcbSvn2,
      int qeIsvSvn)
      throws RefutedException {
    TcbPart qe = isvPart(Kind.QE, "the TD quoting enclave", qeIdentity.levels(), qeIsvSvn);
    TcbAssessment launch = assess(tcbInfo, qe, platform, teeTcbSvn, "TEE_TCB_SVN");
    if (teeTcbSvn2.isEmpty()) {
      return new TcbEvaluation(launch, Optional.empty());
    }
    TcbAssessment current = assess(tcbInfo, qe, platform, teeTcbSvn2.get(), "TEE_TCB_SVN2");
    return new TcbEvaluation(launch, Optional.of(current));
  }

  private static TcbAssessment assess(
      TcbInfo tcbInfo, TcbPart qe, PlatformSvns svns, Bytes teeTcbSvn, String field)
      throws RefutedException {
    requireComponents(teeTcbSvn);
    int version = teeTcbSvn.get(MODULE_VERSION);
    TcbPart platform = platformPart(tcbInfo.levels(), new Have(svns, teeTcbSvn, version), field);
    if (version == 0) {
      return new TcbAssessment(platform, Optional.empty(), qe);
    }
    Optional<TdxModuleIdentity> identity = tcbInfo.moduleIdentity(version);
    if (identity.isEmpty()) {
      throw notSupported(
          "levels for TDX module version %d, by %s[1]".formatted(version, field),
          "versions " + versions(tcbInfo.moduleIdentities()));
    }
    String name = "TDX module version %d, by %s".formatted(version, field);
    TcbPart module = isvPart(Kind.MODULE, name, identity.get().levels(), teeTcbSvn.get(MODULE_SVN));
    return new TcbAssessment(platform, Optional.of(module), qe);
  }

  private static TcbPart platformPart(List<TcbLevel> levels, Have have, String field)
      throws RefutedException {
    for (TcbLevel level : levels) {
      if (have.reaches(level)) {
        if (!TcbLevels.isPlatformStatus(level.status())) {
          throw unknownStatus("of a platform's level", level.status());
        }
        return new TcbPart(
            level.status(), level.tcbDate(), level.advisories(), have.below(levels.get(0)));
      }
    }
    throw noLevel(levels, have, field);
  }

  private static TcbPart isvPart(Kind kind, String name, List<IsvLevel> levels, int isvSvn)
      throws RefutedException {
    for (IsvLevel level : levels) {
      if (isvSvn >= level.isvSvn()) {
        if (!TcbLevels.isIsvStatus(level.status())) {
          throw unknownStatus("of a level of " + name, level.status());
        }
        IsvLevel newest = levels.get(0);
        List<TcbShortfall> shortfalls =
            isvSvn >= newest.isvSvn()
                ? List.of()
                : List.of(new TcbShortfall(kind, 0, isvSvn, newest.isvSvn(), newest.tcbDate()));
        return new TcbPart(level.status(), level.tcbDate(), level.advisories(), shortfalls);
      }
    }
    if (levels.isEmpty()) {
      throw notSupported("a TCB level of " + name, "none published");
    }
    IsvLevel lowest = levels.get(levels.size() - 1);
    TcbShortfall shortfall = new TcbShortfall(kind, 0, isvSvn, lowest.isvSvn(), lowest.tcbDate());
    throw notSupported(
        "a TCB level of %s; the lowest, of %s, needs %s"
            .formatted(name, day(lowest.tcbDate()), need(shortfall)),
        have(shortfall));
  }

  /** Everything that is held against the levels of a platform. */
  private record Have(PlatformSvns svns, Bytes teeTcbSvn, int moduleVersion) {
    int firstTdxComponent() {
      return moduleVersion > 0 ? AFTER_MODULE : 0;
    }

    boolean reaches(TcbLevel level) {
      return reaches(svns.components(), level.sgxComponents(), 0)
          && svns.pceSvn() >= level.pceSvn()
          && reaches(teeTcbSvn, level.tdxComponents(), firstTdxComponent());
    }

    private static boolean reaches(Bytes have, Bytes need, int from) {
      for (int i = from; i < TcbLevel.COMPONENTS; i++) {
        if (have.get(i) < need.get(i)) {
          return false;
        }
      }
      return true;
    }

    /** What keeps the platform from this level. */
    List<TcbShortfall> below(TcbLevel level) {
      if (reaches(level)) {
        return List.of();
      }
      List<TcbShortfall> found = new ArrayList<>();
      addBelow(found, Kind.SGX, svns.components(), level.sgxComponents(), 0, level);
      if (svns.pceSvn() < level.pceSvn()) {
        found.add(new TcbShortfall(Kind.PCE, 0, svns.pceSvn(), level.pceSvn(), level.tcbDate()));
      }
      addBelow(found, Kind.TDX, teeTcbSvn, level.tdxComponents(), firstTdxComponent(), level);
      return List.copyOf(found);
    }

    private static void addBelow(
        List<TcbShortfall> found, Kind kind, Bytes have, Bytes need, int from, TcbLevel level) {
      for (int i = from; i < TcbLevel.COMPONENTS; i++) {
        if (have.get(i) < need.get(i)) {
          found.add(new TcbShortfall(kind, i, have.get(i), need.get(i), level.tcbDate()));
        }
      }
    }
  }

  /** Names the level that the fewest SVNs keep the platform from, the lowest if there are more. */
  private static RefutedException noLevel(List<TcbLevel> levels, Have have, String field) {
    if (levels.isEmpty()) {
      return notSupported("a TCB level of the platform, by " + field, "none published");
    }
    TcbLevel nearest = levels.get(0);
    List<TcbShortfall> fewest = have.below(nearest);
    for (TcbLevel level : levels) {
      List<TcbShortfall> shortfalls = have.below(level);
      if (shortfalls.size() <= fewest.size()) {
        nearest = level;
        fewest = shortfalls;
      }
    }
    return notSupported(
        "a TCB level of the platform, by %s; the nearest, of %s, needs %s"
            .formatted(
                field,
                day(nearest.tcbDate()),
                fewest.stream().map(TcbEvaluator::need).collect(Collectors.joining(", "))),
        fewest.stream().map(TcbEvaluator::have).collect(Collectors.joining(", ")));
  }

  private static String need(TcbShortfall shortfall) {
    return shortfall.component() + " " + shortfall.need();
  }

  private static String have(TcbShortfall shortfall) {
    return shortfall.component() + " " + shortfall.have();
  }

  private static String day(Instant tcbDate) {
    return tcbDate.atOffset(ZoneOffset.UTC).toLocalDate().toString();
  }

  private static String versions(List<TdxModuleIdentity> identities) {
    return identities.isEmpty()
        ? "none"
        : identities.stream()
            .map(identity -> "" + identity.version())
            .collect(Collectors.joining(", "));
  }

  private static void requireComponents(Bytes svns) {
    if (svns.size() != TcbLevel.COMPONENTS) {
      throw new IllegalArgumentException("16 components");
    }
  }

  private static RefutedException notSupported(String expected, String actual) {
    return new RefutedException(Finding.of(TdxFinding.TDX_TCB_NOT_SUPPORTED, expected, actual));
  }

  private static RefutedException unknownStatus(String where, TcbStatus status) {
    return new RefutedException(
        Finding.of(TdxFinding.TDX_TCB_STATUS, "a status " + where, status.label()));
  }
}

package io.github.cvmattestation.tdx.internal;

import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import io.github.cvmattestation.attestation.spi.RefutedException;
import io.github.cvmattestation.tdx.IsvLevel;
import io.github.cvmattestation.tdx.QeIdentity;
import io.github.cvmattestation.tdx.TcbEvaluation;
import io.github.cvmattestation.tdx.TcbInfo;
import io.github.cvmattestation.tdx.TcbLevel;
import io.github.cvmattestation.tdx.TcbStatus;
import io.github.cvmattestation.tdx.TdxModule;
import io.github.cvmattestation.tdx.TdxModuleIdentity;
import io.github.cvmattestation.tdx.internal.TcbEvaluator.PlatformSvns;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;

/** TCB levels and what is held against them, in few words. */
final class Tcbs {
  private static final Instant ISSUED = Instant.parse("2026-03-16T00:00:00Z");
  private static final Instant REPLACED = Instant.parse("2026-04-15T00:00:00Z");
  private static final TdxModule INTELS =
      new TdxModule(Bytes.zeros(48), Bytes.zeros(8), Bytes.ofHex("ffffffffffffffff"));

  private Tcbs() {}

  /** Midnight of a day such as 2024-11-13. */
  static Instant day(String date) {
    return Instant.parse(date + "T00:00:00Z");
  }

  /** 16 SVNs that begin so and go on with zeros. */
  static Bytes svns(int... first) {
    byte[] svns = new byte[16];
    for (int i = 0; i < first.length; i++) {
      svns[i] = (byte) first[i];
    }
    return Bytes.of(svns);
  }

  /** 16 times the same SVN. */
  static Bytes all(int svn) {
    byte[] svns = new byte[16];
    Arrays.fill(svns, (byte) svn);
    return Bytes.of(svns);
  }

  /** The same SVNs but one. */
  static Bytes with(Bytes svns, int index, int svn) {
    byte[] changed = svns.toArray();
    changed[index] = (byte) svn;
    return Bytes.of(changed);
  }

  static TcbLevel level(
      Bytes sgx, int pceSvn, Bytes tdx, String date, TcbStatus status, String... advisories) {
    return new TcbLevel(sgx, pceSvn, tdx, day(date), status, List.of(advisories));
  }

  static IsvLevel isv(int svn, String date, TcbStatus status, String... advisories) {
    return new IsvLevel(svn, day(date), status, List.of(advisories));
  }

  static TdxModuleIdentity module(int version, IsvLevel... levels) {
    return new TdxModuleIdentity(version, INTELS, List.of(levels));
  }

  static QeIdentity qe(IsvLevel... levels) {
    return new QeIdentity(
        ISSUED,
        REPLACED,
        18,
        Bytes.zeros(4),
        Bytes.zeros(4),
        Bytes.zeros(16),
        Bytes.zeros(16),
        Bytes.zeros(32),
        2,
        List.of(levels));
  }

  static TcbInfo tcbInfo(List<TcbLevel> levels, TdxModuleIdentity... modules) {
    return new TcbInfo(
        ISSUED, REPLACED, Bytes.zeros(6), Bytes.zeros(2), 18, INTELS, List.of(modules), levels);
  }

  /**
   * A scene in which everything is at its one level and up to date, until it is changed: platform 5
   * everywhere with PCESVN 11, TDX module version 1 at SVN 5, quoting enclave at 4.
   */
  static Scene scene() {
    return new Scene();
  }

  /** What is evaluated, and against what; mutable and fluent. */
  static final class Scene {
    private final List<TcbLevel> levels = new ArrayList<>();
    private final List<TdxModuleIdentity> modules = new ArrayList<>();
    private QeIdentity qeIdentity = qe(isv(4, "2024-11-13", TcbStatus.UP_TO_DATE));
    private PlatformSvns platform = new PlatformSvns(all(5), 11);
    private Bytes launch = svns(5, 1, 5);
    private Optional<Bytes> current = Optional.empty();
    private int qeSvn = 4;

    Scene levels(TcbLevel... levels) {
      this.levels.addAll(List.of(levels));
      return this;
    }

    Scene modules(TdxModuleIdentity... modules) {
      this.modules.addAll(List.of(modules));
      return this;
    }

    Scene qeLevels(IsvLevel... levels) {
      qeIdentity = qe(levels);
      return this;
    }

    Scene platform(Bytes components, int pceSvn) {
      platform = new PlatformSvns(components, pceSvn);
      return this;
    }

    Scene launch(int... teeTcbSvn) {
      return launch(svns(teeTcbSvn));
    }

    Scene launch(Bytes teeTcbSvn) {
      launch = teeTcbSvn;
      return this;
    }

    Scene current(int... teeTcbSvn2) {
      current = Optional.of(svns(teeTcbSvn2));
      return this;
    }

    Scene qeSvn(int isvSvn) {
      qeSvn = isvSvn;
      return this;
    }

    TcbEvaluation evaluate() throws RefutedException {
      List<TcbLevel> ofPlatform =
          levels.isEmpty()
              ? List.of(level(all(5), 11, svns(5, 0, 5), "2024-11-13", TcbStatus.UP_TO_DATE))
              : levels;
      TdxModuleIdentity[] ofModules =
          modules.isEmpty()
              ? new TdxModuleIdentity[] {module(1, isv(5, "2024-11-13", TcbStatus.UP_TO_DATE))}
              : modules.toArray(TdxModuleIdentity[]::new);
      return TcbEvaluator.evaluate(
          tcbInfo(ofPlatform, ofModules), qeIdentity, platform, launch, current, qeSvn);
    }

    /** Why this is refuted. */
    Finding refusal() {
      return Assertions.assertThrows(RefutedException.class, this::evaluate).finding();
    }
  }
}

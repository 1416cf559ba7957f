package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.Finding;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The sentences that an {@link SnpPolicy} is made of. */
final class SnpRules {
  private static final Bytes NO_MIGRATION_AGENT = Bytes.ofHex("ff".repeat(32));

  private SnpRules() {}

  /** What a policy refuses unless it says otherwise. */
  enum Weakness {
    DEBUG_GUEST,
    MIGRATION_AGENT,
    CXL,
    PROVISIONAL_FIRMWARE,
    UNKNOWN_PLATFORM_BITS
  }

  static List<SnpRule> defaults(Set<Weakness> allowed) {
    List<SnpRule> rules = new ArrayList<>();
    rules.add(SnpRules::tcbOrder);
    if (!allowed.contains(Weakness.DEBUG_GUEST)) {
      rules.add(
          (claims, report) ->
              report.require(
                  !claims.report().policy().debugAllowed(),
                  SnpFinding.SNP_DEBUG,
                  "a guest that the host cannot debug",
                  "DEBUG set"));
    }
    if (!allowed.contains(Weakness.MIGRATION_AGENT)) {
      rules.add(SnpRules::noMigrationAgent);
    }
    if (!allowed.contains(Weakness.CXL)) {
      rules.add(
          (claims, report) ->
              report.require(
                  !claims.report().policy().cxlAllowed(),
                  SnpFinding.SNP_GUEST_POLICY,
                  "CXL not allowed",
                  "CXL_ALLOW set"));
    }
    if (!allowed.contains(Weakness.PROVISIONAL_FIRMWARE)) {
      rules.add(
          (claims, report) -> {
            if (claims.isProvisionalFirmware()) {
              report.reject(
                  Finding.of(
                      SnpFinding.SNP_PROVISIONAL,
                      "running firmware that is committed",
                      "current %s %s, committed %s %s"
                          .formatted(
                              claims.report().currentVersion(),
                              claims.tcb().current(),
                              claims.report().committedVersion(),
                              claims.tcb().committed())));
            }
          });
    }
    if (!allowed.contains(Weakness.UNKNOWN_PLATFORM_BITS)) {
      rules.add(
          (claims, report) ->
              report.require(
                  (claims.report().platformInfo().raw() & ~PlatformInfo.KNOWN_BITS) == 0,
                  SnpFinding.SNP_PLATFORM,
                  "no unknown bit in PLATFORM_INFO",
                  hex(claims.report().platformInfo().raw())));
    }
    return rules;
  }

  static SnpRule productLines(Set<ProductLine> lines) {
    requireSome("product lines", lines);
    Set<ProductLine> accepted = Set.copyOf(lines);
    return (claims, report) -> {
      ProductLine line = claims.productLine();
      report.require(
          accepted.contains(line), SnpFinding.SNP_PRODUCT_LINE, "one of " + accepted, line);
      if (line == ProductLine.MILAN && accepted.contains(line)) {
        report.warn(
            Finding.of(
                SnpFinding.SNP_PRODUCT_LINE,
                "a line whose chip keys software cannot extract",
                "Milan: its root seed can be, so a report of any TCB may be forged (BadFuse)"));
      }
    };
  }

  static SnpRule tcb(ProductLine line, SnpTcb floors) {
    boolean turin = line == ProductLine.TURIN;
    for (TcbVersion floor :
        List.of(floors.reported(), floors.committed(), floors.current(), floors.launch())) {
      if (floor.isTurin() != turin) {
        throw senseless(
            "a TCB of another layout than " + line.label() + "'s", "use its components");
      }
    }
    return (claims, report) -> {
      if (claims.productLine() == line) {
        atLeast("reported", floors.reported(), claims.tcb().reported(), report);
        atLeast("committed", floors.committed(), claims.tcb().committed(), report);
        atLeast("current", floors.current(), claims.tcb().current(), report);
        atLeast("launch", floors.launch(), claims.tcb().launch(), report);
      }
    };
  }

  private static void atLeast(
      String which, TcbVersion floor, TcbVersion actual, AppraisalPolicy.Report report) {
    report.require(
        actual.isAtLeast(floor),
        SnpFinding.SNP_TCB,
        which + " TCB at least " + floor.components(),
        actual.components());
  }

  /** REPORTED ≤ COMMITTED ≤ CURRENT; LAUNCH may be anything after a migration. */
  private static void tcbOrder(SnpClaims claims, AppraisalPolicy.Report report) {
    SnpTcb tcb = claims.tcb();
    report.require(
        tcb.committed().isAtLeast(tcb.reported()) && tcb.current().isAtLeast(tcb.committed()),
        SnpFinding.SNP_TCB_ORDER,
        "reported TCB ≤ committed ≤ current",
        tcb);
  }

  private static void noMigrationAgent(SnpClaims claims, AppraisalPolicy.Report report) {
    report.require(
        !claims.report().policy().migrationAgentAllowed(),
        SnpFinding.SNP_MIGRATION,
        "a guest that no migration agent may move",
        "MIGRATE_MA set");
    report.require(
        claims.report().reportIdMa().equals(NO_MIGRATION_AGENT),
        SnpFinding.SNP_MIGRATION,
        "REPORT_ID_MA of ones: no migration agent",
        claims.report().reportIdMa().abbreviated());
  }

  static SnpRule measurement(Set<Bytes> digests) {
    return oneOf("MEASUREMENT", SnpFinding.SNP_MEASUREMENT, 48, digests, SnpReport::measurement);
  }

  static SnpRule reportData(Bytes expected) {
    return oneOf(
        "REPORT_DATA", SnpFinding.SNP_REPORT_DATA, 64, Set.of(expected), SnpReport::reportData);
  }

  static SnpRule hostData(Set<Bytes> values) {
    return oneOf("HOST_DATA", SnpFinding.SNP_HOST_DATA, 32, values, SnpReport::hostData);
  }

  /** A masked CHIP_ID is zero: accepting zeros would accept every machine that hides its own. */
  static SnpRule chips(Set<Bytes> chipIds) {
    if (chipIds.stream().anyMatch(Bytes::isZero)) {
      throw senseless("an accepted CHIP_ID of zeros", "zeros are what a masked chip shows");
    }
    return oneOf("CHIP_ID", SnpFinding.SNP_CHIP, 64, chipIds, SnpReport::chipId);
  }

  static SnpRule reportId(Set<Bytes> ids) {
    return oneOf("REPORT_ID", SnpFinding.SNP_REPORT_ID, 32, ids, SnpReport::reportId);
  }

  static SnpRule migrationAgent(Set<Bytes> ids) {
    return oneOf("REPORT_ID_MA", SnpFinding.SNP_REPORT_ID, 32, ids, SnpReport::reportIdMa);
  }

  static SnpRule refusedChips(Set<Bytes> chipIds) {
    requireSizes("CHIP_ID", 64, chipIds);
    Set<Bytes> refused = Set.copyOf(chipIds);
    return (claims, report) ->
        report.require(
            !refused.contains(claims.report().chipId()),
            SnpFinding.SNP_CHIP,
            "a chip that is not refused",
            claims.report().chipId().abbreviated());
  }

  /** An absent ID block leaves zeros in the report: zeros are never a trusted key. */
  static SnpRule idBlock(IdBlockRule rule) {
    return (claims, report) -> {
      SnpReport snp = claims.report();
      boolean idKey = !snp.idKeyDigest().isZero() && rule.idKeys().contains(snp.idKeyDigest());
      boolean authorKey =
          snp.signerInfo().authorKeyEnabled()
              && !snp.idKeyDigest().isZero()
              && !snp.authorKeyDigest().isZero()
              && rule.authorKeys().contains(snp.authorKeyDigest());
      report.require(
          idKey || authorKey,
          SnpFinding.SNP_ID_BLOCK,
          "an ID block by a trusted key",
          "ID key " + snp.idKeyDigest().abbreviated());
      report.require(
          rule.familyIds().isEmpty() || rule.familyIds().contains(snp.familyId()),
          SnpFinding.SNP_ID_BLOCK,
          "an accepted FAMILY_ID",
          snp.familyId().hex());
      report.require(
          rule.imageIds().isEmpty() || rule.imageIds().contains(snp.imageId()),
          SnpFinding.SNP_ID_BLOCK,
          "an accepted IMAGE_ID",
          snp.imageId().hex());
      report.require(
          snp.guestSvn() >= rule.minimumGuestSvn(),
          SnpFinding.SNP_GUEST_SVN,
          "GUEST_SVN at least " + rule.minimumGuestSvn(),
          snp.guestSvn());
    };
  }

  /** A report that the host asked for is never guest evidence, so no policy can accept it. */
  static SnpRule vmpl(Set<Long> levels) {
    if (!Set.of(0L, 1L, 2L, 3L).containsAll(levels)) {
      throw senseless("a VMPL other than 0 to 3", "name levels that a guest can have");
    }
    return (claims, report) -> {
      SnpReport snp = claims.report();
      if (snp.isHostRequested()) {
        report.reject(
            Finding.of(
                SnpFinding.SNP_HOST_REPORT, "a report that the guest asked for", "the host"));
      } else {
        report.require(
            levels.contains(snp.vmpl()), SnpFinding.SNP_VMPL, "VMPL in " + levels, snp.vmpl());
      }
    };
  }

  /**
   * Which kind of key may have signed.
   *
   * @param cspIds null for the chip's key alone; else the accepted providers, empty for any
   */
  static SnpRule signingKey(@Nullable Set<String> cspIds) {
    return (claims, report) -> {
      if (claims.leaf().kind() == SignerInfo.SigningKey.VCEK) {
        return;
      }
      if (cspIds == null) {
        report.reject(
            Finding.of(SnpFinding.SNP_SIGNING_KEY, "a report signed by its chip's VCEK", "VLEK"));
        return;
      }
      String provider = claims.leaf().cspId().orElse("");
      report.require(
          cspIds.isEmpty() || cspIds.contains(provider),
          SnpFinding.SNP_CSP,
          "one of " + cspIds,
          provider);
      report.warn(
          Finding.of(SnpFinding.SNP_SIGNING_KEY, "proof of the chip", "VLEK: proof of a fleet"));
    };
  }

  static SnpRule firmware(FirmwareVersion floor) {
    return (claims, report) -> {
      SnpReport snp = claims.report();
      report.require(
          snp.currentVersion().isAtLeast(floor) && snp.committedVersion().isAtLeast(floor),
          SnpFinding.SNP_FIRMWARE,
          "current and committed firmware at least " + floor,
          snp.currentVersion() + " and " + snp.committedVersion());
    };
  }

  static SnpRule reportVersion(int floor) {
    return (claims, report) ->
        report.require(
            claims.report().version() >= floor,
            SnpFinding.SNP_REPORT_VERSION,
            "report version at least " + floor,
            claims.report().version());
  }

  static SnpRule abi(int major, int minor) {
    return (claims, report) -> {
      GuestPolicy policy = claims.report().policy();
      report.require(
          policy.abiMajor() > major || (policy.abiMajor() == major && policy.abiMinor() >= minor),
          SnpFinding.SNP_GUEST_POLICY,
          "a demanded ABI of at least " + major + "." + minor,
          policy.abiMajor() + "." + policy.abiMinor());
    };
  }

  static SnpRule guestPolicy(GuestPolicyDemand demand) {
    return (claims, report) ->
        report.require(
            demand.holds(claims.report().policy()),
            SnpFinding.SNP_GUEST_POLICY,
            demand.name(),
            "POLICY " + hex(claims.report().policy().raw()));
  }

  static SnpRule platform(long ones, long zeros) {
    if ((ones & zeros) != 0) {
      throw senseless("bits of PLATFORM_INFO that must be one and zero", "choose");
    }
    return (claims, report) -> {
      long raw = claims.report().platformInfo().raw();
      report.require(
          (raw & ones) == ones && (raw & zeros) == 0,
          SnpFinding.SNP_PLATFORM,
          "ones in " + hex(ones) + " and zeros in " + hex(zeros),
          hex(raw));
    };
  }

  static SnpRule mitigations(long launch, long current) {
    return (claims, report) -> {
      SnpReport snp = claims.report();
      report.require(
          (snp.launchMitVector() & launch) == launch
              && (snp.currentMitVector() & current) == current,
          SnpFinding.SNP_MITIGATION,
          hex(launch) + " at launch and " + hex(current) + " now",
          hex(snp.launchMitVector()) + " and " + hex(snp.currentMitVector()));
    };
  }

  static void requireSome(String what, Collection<?> values) {
    if (values.isEmpty()) {
      throw senseless("an empty list of " + what + " would accept none", "name at least one");
    }
  }

  static void requireSizes(String field, int size, Collection<Bytes> values) {
    for (Bytes value : values) {
      if (value.size() != size) {
        throw senseless(field + " of " + value.size() + " bytes", "it has " + size);
      }
    }
  }

  static AttestationException.Configuration senseless(String problem, String remedy) {
    return new AttestationException.Configuration("SEV-SNP policy: " + problem, remedy);
  }

  private static SnpRule oneOf(
      String field,
      SnpFinding code,
      int size,
      Set<Bytes> values,
      Function<SnpReport, Bytes> actual) {
    requireSome(field, values);
    requireSizes(field, size, values);
    Set<Bytes> accepted = Set.copyOf(values);
    return (claims, report) -> {
      Bytes value = actual.apply(claims.report());
      String expected =
          accepted.size() == 1
              ? accepted.iterator().next().abbreviated()
              : "one of " + accepted.size() + " values";
      report.require(accepted.contains(value), code, expected, value.abbreviated());
    };
  }

  private static String hex(long value) {
    return Long.toHexString(value) + "h";
  }
}

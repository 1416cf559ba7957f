package io.github.cvmattestation.tdx;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Finding;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which TDs are wanted.
 *
 * <p>A few questions have no safe default, so every policy answers them, with {@code require…} or
 * with {@code ignore…}: MRTD, RTMRs, REPORTDATA, MRCONFIGID, MROWNER, MROWNERCONFIG, platform.
 * {@link Builder#build} names those that are open. Everything else begins strict: a TCB that is
 * UpToDate, at launch and now, without advisories; no debugging or profiling, no migration, no
 * service TD, no bit that nobody has published a meaning of; each weakness has a name that begins
 * with {@code allow}.
 *
 * <p>A policy has no clock. What is a matter of time is held against {@link
 * TdxClaims#verifiedAt()}, the instant that the verifier was given. Collateral gets no grace: past
 * its nextUpdate it is refuted before any policy is asked.
 */
public final class TdxPolicy implements AppraisalPolicy.Rule {
  /** The longest time of grace for a TCB that is out of date: 90 days. */
  public static final Duration LONGEST_GRACE = Duration.ofDays(90);

  private final List<TdxRule> rules;

  private TdxPolicy(List<TdxRule> rules) {
    this.rules = rules;
  }

  /** Begins a policy. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Reads a policy's {@code tdx} section; see {@code docs/policy.md} for its members.
   *
   * @throws AttestationException.Configuration for an unknown member, a senseless value or an open
   *     question
   */
  public static TdxPolicy parse(Bytes json) {
    return TdxPolicyJson.parse(json);
  }

  @Override
  public Set<String> subjects() {
    return Set.of(TdxClaims.ID);
  }

  @Override
  public void appraise(ClaimSet claims, AppraisalPolicy.Report report) {
    claims
        .get(TdxClaims.class)
        .ifPresentOrElse(
            tdx -> rules.forEach(rule -> rule.appraise(tdx, report)),
            () -> report.reject(Finding.of(TdxFinding.TDX_UNSUPPORTED, "TDX claims", "none")));
  }

  /** What every policy has to say something about. */
  private enum Question {
    MRTD("requireMrTd or ignoreMrTd"),
    RTMRS("requireRtmr or ignoreRtmrs"),
    REPORT_DATA("requireReportData or ignoreReportData"),
    MRCONFIGID("requireMrConfigId or ignoreMrConfigId"),
    MROWNER("requireMrOwner or ignoreMrOwner"),
    MROWNERCONFIG("requireMrOwnerConfig or ignoreMrOwnerConfig"),
    PLATFORM("requirePpid, requirePlatformInstance or ignorePlatform");

    private final String methods;

    Question(String methods) {
      this.methods = methods;
    }
  }

  /** Collects a policy. */
  public static final class Builder {
    private final List<TdxRule> rules = new ArrayList<>();
    private final List<TdxRule> rtmrs = new ArrayList<>();
    private final EnumSet<Question> open = EnumSet.allOf(Question.class);
    private final EnumSet<TdxRules.Weakness> allowed = EnumSet.noneOf(TdxRules.Weakness.class);
    private final TcbDemands tcb = new TcbDemands();
    private @Nullable Set<Bytes> serviceTds;
    private boolean anyServiceTd;
    private long attributesDemanded;
    private long xfamDemanded;

    private Builder() {}

    /** The values of MRTD that are accepted, 48 bytes each. */
    public Builder requireMrTd(Set<Bytes> values) {
      return answer(Question.MRTD, TdxRules.mrTd(values));
    }

    /** Accepts whatever was launched. */
    public Builder ignoreMrTd() {
      return answer(Question.MRTD, null);
    }

    /**
     * The values of one RTMR that are accepted; RTMRs that are not named are not looked at. A TD
     * that extends none of the four, as under Azure's paravisor, is rejected whatever is accepted.
     *
     * @param index 0 to 3
     * @param values 48 bytes each
     */
    public Builder requireRtmr(int index, Set<Bytes> values) {
      rtmrs.add(TdxRules.rtmr(index, values));
      return answer(Question.RTMRS, null);
    }

    /** Accepts whatever was measured at boot and later, or leaves it to the PCRs of a vTPM. */
    public Builder ignoreRtmrs() {
      return answer(Question.RTMRS, null);
    }

    /** The 64 bytes that REPORTDATA must hold. */
    public Builder requireReportData(Bytes expected) {
      return answer(Question.REPORT_DATA, TdxRules.reportData(expected));
    }

    /** Leaves REPORTDATA to the verifier, which binds a nonce, or to a container of the quote. */
    public Builder ignoreReportData() {
      return answer(Question.REPORT_DATA, null);
    }

    /** The values of MRCONFIGID that are accepted, 48 bytes each. */
    public Builder requireMrConfigId(Set<Bytes> values) {
      return answer(Question.MRCONFIGID, TdxRules.mrConfigId(values));
    }

    /** Accepts whatever the host put into MRCONFIGID. */
    public Builder ignoreMrConfigId() {
      return answer(Question.MRCONFIGID, null);
    }

    /** The values of MROWNER that are accepted, 48 bytes each. */
    public Builder requireMrOwner(Set<Bytes> values) {
      return answer(Question.MROWNER, TdxRules.mrOwner(values));
    }

    /** Accepts whatever the host put into MROWNER. */
    public Builder ignoreMrOwner() {
      return answer(Question.MROWNER, null);
    }

    /** The values of MROWNERCONFIG that are accepted, 48 bytes each. */
    public Builder requireMrOwnerConfig(Set<Bytes> values) {
      return answer(Question.MROWNERCONFIG, TdxRules.mrOwnerConfig(values));
    }

    /** Accepts whatever the host put into MROWNERCONFIG. */
    public Builder ignoreMrOwnerConfig() {
      return answer(Question.MROWNERCONFIG, null);
    }

    /** The platforms that are accepted by PPID, 16 bytes each. */
    public Builder requirePpid(Set<Bytes> ppids) {
      return answer(Question.PLATFORM, TdxRules.ppids(ppids));
    }

    /**
     * The platforms that are accepted by Platform Instance ID, 16 bytes each: as they were set up,
     * while a PPID outlives that. Certificates of the Processor CA have none and are rejected.
     */
    public Builder requirePlatformInstance(Set<Bytes> ids) {
      return answer(Question.PLATFORM, TdxRules.platformInstances(ids));
    }

    /** Accepts any genuine platform. */
    public Builder ignorePlatform() {
      return answer(Question.PLATFORM, null);
    }

    /** The TDX modules that are accepted by MRSEAM, 48 bytes each; else any that Intel signed. */
    public Builder requireMrSeam(Set<Bytes> values) {
      return add(TdxRules.mrSeam(values));
    }

    /**
     * What ATTRIBUTES must be in the bits of {@code mask}; bit 0 is the least significant.
     *
     * @param value with ones in bits of the mask alone
     */
    public Builder requireAttributes(long value, long mask) {
      attributesDemanded |= value;
      return add(TdxRules.attributes(value, mask));
    }

    /**
     * What XFAM must be in the bits of {@code mask}; bit 0 is the least significant.
     *
     * @param value with ones in bits of the mask alone
     */
    public Builder requireXfam(long value, long mask) {
      xfamDemanded |= value;
      return add(TdxRules.xfam(value, mask));
    }

    /** What the platform's configuration must be; rejects platforms of which it is not known. */
    public Builder requireConfiguration(Set<ConfigurationDemand> demands) {
      demands.forEach(demand -> add(TdxRules.configuration(demand)));
      return this;
    }

    /**
     * The only statuses that the platform may have, UpToDate among them. This narrows what {@link
     * #allowTcbStatuses} lets in, at launch and now.
     */
    public Builder requirePlatformStatuses(Set<TcbStatus> statuses) {
      tcb.limit(TcbComponent.PLATFORM, statuses);
      return this;
    }

    /** The same of the TDX module; one without levels of its own, before version 1, is rejected. */
    public Builder requireModuleStatuses(Set<TcbStatus> statuses) {
      tcb.limit(TcbComponent.MODULE, statuses);
      return this;
    }

    /** The same of the TD quoting enclave. */
    public Builder requireQeStatuses(Set<TcbStatus> statuses) {
      tcb.limit(TcbComponent.QE, statuses);
      return this;
    }

    /** The earliest tcbDate that any part of the TCB may have, at launch and now (inclusive). */
    public Builder requireTcbDate(Instant earliest) {
      tcb.dateFloor();
      return add(TdxRules.tcbDate(earliest));
    }

    /** The least tcbEvaluationDataNumber of both TCB Info and QE Identity. */
    public Builder requireEvaluationDataNumber(int least) {
      return add(TdxRules.evaluationDataNumber(least));
    }

    /** Advisories none of which may apply, whatever else is allowed; as {@code INTEL-SA-01234}. */
    public Builder refuseAdvisories(Set<String> ids) {
      tcb.refuseAdvisories(ids);
      return this;
    }

    /**
     * Accepts these statuses besides UpToDate. Each stands for itself alone: OutOfDate does not
     * imply TDRelaunchAdvised, which a TD gets when what it runs on is updated. What runs now must
     * have an accepted status of its own. Revoked can never be accepted.
     *
     * <p>Such a TCB has advisories: {@link #allowAdvisories} or {@link #allowAnyAdvisory} must say
     * which of them are acceptable.
     */
    public Builder allowTcbStatuses(Set<TcbStatus> statuses) {
      tcb.allow(statuses);
      return this;
    }

    /**
     * Accepts OutOfDate until {@code grace} has passed since the tcbDate of the newest level that a
     * part which is out of date misses, held against {@link TdxClaims#verifiedAt()}. Every new
     * level begins that time anew, so {@link #requireTcbDate} must say how old a TCB may be at all.
     *
     * @param grace more than nothing, at most {@link #LONGEST_GRACE}
     */
    public Builder allowOutOfDate(Duration grace) {
      tcb.grace(grace);
      return this;
    }

    /**
     * The advisories that may apply, as {@code INTEL-SA-01234}; without any, and without {@link
     * #allowAnyAdvisory}, none.
     */
    public Builder allowAdvisories(Set<String> ids) {
      tcb.allowAdvisories(ids);
      return this;
    }

    /** Accepts every advisory, known today or not, but the refused. */
    public Builder allowAnyAdvisory() {
      tcb.allowAnyAdvisory();
      return this;
    }

    /** Accepts a TCB that stands worse now than when the TD was launched. */
    public Builder allowWorseSinceLaunch() {
      return allow(TdxRules.Weakness.WORSE_SINCE_LAUNCH);
    }

    /** Accepts TDs that the host may debug, and so read. */
    public Builder allowDebugGuest() {
      return allow(TdxRules.Weakness.DEBUG_GUEST);
    }

    /** Accepts TDs that a migration TD may move to another platform. */
    public Builder allowMigratable() {
      return allow(TdxRules.Weakness.MIGRATABLE);
    }

    /** Accepts bits of ATTRIBUTES that nobody has published a meaning of, but none of TUD. */
    public Builder allowUnknownAttributes() {
      return allow(TdxRules.Weakness.UNKNOWN_ATTRIBUTES);
    }

    /** Accepts bits of XFAM that nobody has published a meaning of. */
    public Builder allowUnknownXfam() {
      return allow(TdxRules.Weakness.UNKNOWN_XFAM);
    }

    /** Accepts these service TDs by their SERVTD_HASH, 48 bytes each, besides none. */
    public Builder allowServiceTd(Set<Bytes> hashes) {
      Set<Bytes> named = TdxRules.requireValues("SERVTD_HASH", 48, hashes);
      if (named.stream().anyMatch(Bytes::isZero)) {
        throw TdxRules.senseless("a service TD of zeros", "zeros say that there is none");
      }
      Set<Bytes> all = new HashSet<>(named);
      all.addAll(serviceTds == null ? Set.of() : serviceTds);
      serviceTds = Set.copyOf(all);
      return this;
    }

    /** Accepts any service TD, also one of which a body of TDX 1.0 cannot say that it is there. */
    public Builder allowAnyServiceTd() {
      anyServiceTd = true;
      return this;
    }

    /**
     * The policy.
     *
     * @throws AttestationException.Configuration if a question is open, or if what was said cannot
     *     be meant together
     */
    public TdxPolicy build() {
      if (!open.isEmpty()) {
        List<String> missing = open.stream().map(question -> question.methods).toList();
        throw TdxRules.senseless("open questions", "say " + String.join("; ", missing));
      }
      requireSense();
      List<TdxRule> all =
          new ArrayList<>(tcb.rules(allowed.contains(TdxRules.Weakness.WORSE_SINCE_LAUNCH)));
      all.add(TdxRules.attributeDefaults(allowed));
      all.add(TdxRules.xfamDefaults(allowed));
      if (!anyServiceTd) {
        all.add(new ServiceTdRule(serviceTds == null ? Set.of() : serviceTds));
      }
      if (!rtmrs.isEmpty()) {
        all.add(TdxRules.rtmrs(rtmrs));
      }
      all.addAll(rules);
      return new TdxPolicy(List.copyOf(all));
    }

    private void requireSense() {
      if ((attributesDemanded & TdxRules.refusedAttributes(allowed)) != 0) {
        throw TdxRules.senseless(
            "attributes demanded that are refused", "allow them by name, or leave them out");
      }
      boolean mayBeUnknown = allowed.contains(TdxRules.Weakness.UNKNOWN_XFAM);
      if (!mayBeUnknown && new Xfam(xfamDemanded).unknownBits() != 0) {
        throw TdxRules.senseless(
            "bits of XFAM demanded that are refused", "say allowUnknownXfam, or leave them out");
      }
      if (anyServiceTd && serviceTds != null) {
        throw TdxRules.senseless(
            "any service TD allowed, and some by name", "say allowServiceTd or allowAnyServiceTd");
      }
    }

    private Builder answer(Question question, @Nullable TdxRule rule) {
      open.remove(question);
      return rule == null ? this : add(rule);
    }

    private Builder allow(TdxRules.Weakness weakness) {
      allowed.add(weakness);
      return this;
    }

    private Builder add(TdxRule rule) {
      rules.add(rule);
      return this;
    }
  }
}

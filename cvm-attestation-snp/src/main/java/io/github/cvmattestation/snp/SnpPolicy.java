package io.github.cvmattestation.snp;

import io.github.cvmattestation.attestation.AppraisalPolicy;
import io.github.cvmattestation.attestation.AttestationException;
import io.github.cvmattestation.attestation.Bytes;
import io.github.cvmattestation.attestation.ClaimSet;
import io.github.cvmattestation.attestation.Finding;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which SEV-SNP guests are wanted.
 *
 * <p>A few questions have no safe default, so every policy answers them, with {@code require…} or
 * with {@code ignore…}: product lines, TCB, measurement, REPORT_DATA, HOST_DATA, ID block, chip.
 * {@link Builder#build} names those that are open. Everything else begins strict: no debugging, no
 * migration agent, no CXL, no report that the host asked for, no uncommitted firmware, no key but
 * the chip's own; each weakness has a name that begins with {@code allow}.
 */
public final class SnpPolicy implements AppraisalPolicy.Rule {
  private final List<SnpRule> rules;

  private SnpPolicy(List<SnpRule> rules) {
    this.rules = rules;
  }

  /** Begins a policy. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Reads a policy's {@code snp} section; see {@code docs/policy.md} for its members.
   *
   * @throws AttestationException.Configuration for an unknown member, a senseless value or an open
   *     question
   */
  public static SnpPolicy parse(Bytes json) {
    return SnpPolicyJson.parse(json);
  }

  @Override
  public Set<String> subjects() {
    return Set.of(SnpClaims.ID);
  }

  @Override
  public void appraise(ClaimSet claims, AppraisalPolicy.Report report) {
    claims
        .get(SnpClaims.class)
        .ifPresentOrElse(
            snp -> rules.forEach(rule -> rule.appraise(snp, report)),
            () -> report.reject(Finding.of(SnpFinding.SNP_UNSUPPORTED, "SEV-SNP claims", "none")));
  }

  /** What every policy has to say something about. */
  private enum Question {
    PRODUCT_LINES("requireProductLines"),
    TCB("requireTcb or ignoreTcb"),
    MEASUREMENT("requireMeasurement or ignoreMeasurement"),
    REPORT_DATA("requireReportData or ignoreReportData"),
    HOST_DATA("requireHostData or ignoreHostData"),
    ID_BLOCK("requireIdBlock or ignoreIdBlock"),
    CHIP("requireChip or ignoreChip");

    private final String methods;

    Question(String methods) {
      this.methods = methods;
    }
  }

  /** Collects a policy. */
  public static final class Builder {
    private final List<SnpRule> rules = new ArrayList<>();
    private final EnumSet<Question> open = EnumSet.allOf(Question.class);
    private final EnumSet<SnpRules.Weakness> allowed = EnumSet.noneOf(SnpRules.Weakness.class);
    private final EnumSet<ProductLine> accepted = EnumSet.noneOf(ProductLine.class);
    private final EnumSet<ProductLine> withFloors = EnumSet.noneOf(ProductLine.class);
    private boolean anyTcb;
    private Set<Long> vmpls = Set.of(0L, 1L, 2L, 3L);
    private @Nullable Set<String> cspIds;

    private Builder() {}

    /**
     * The product lines that are accepted. Accepting {@link ProductLine#MILAN} puts a warning into
     * every result: its root seed can be extracted by software (arXiv 2605.12990).
     */
    public Builder requireProductLines(Set<ProductLine> lines) {
      SnpRule rule = SnpRules.productLines(lines);
      accepted.addAll(lines);
      return answer(Question.PRODUCT_LINES, rule);
    }

    /**
     * Floors for one product line: each of the four TCBs, component by component. Every accepted
     * line needs its own.
     */
    public Builder requireTcb(ProductLine line, SnpTcb floors) {
      SnpRule rule = SnpRules.tcb(line, floors);
      withFloors.add(line);
      return answer(Question.TCB, rule);
    }

    /** Accepts any TCB for which AMD issued a leaf, on every line that no floor was named for. */
    public Builder ignoreTcb() {
      anyTcb = true;
      return answer(Question.TCB, null);
    }

    /** The launch digests that are accepted, 48 bytes each. */
    public Builder requireMeasurement(Set<Bytes> digests) {
      return answer(Question.MEASUREMENT, SnpRules.measurement(digests));
    }

    /** Accepts whatever was launched. */
    public Builder ignoreMeasurement() {
      return answer(Question.MEASUREMENT, null);
    }

    /** The 64 bytes that REPORT_DATA must hold. */
    public Builder requireReportData(Bytes expected) {
      return answer(Question.REPORT_DATA, SnpRules.reportData(expected));
    }

    /** Leaves REPORT_DATA to the verifier, which binds a nonce, or to a container of the report. */
    public Builder ignoreReportData() {
      return answer(Question.REPORT_DATA, null);
    }

    /** The values of HOST_DATA that are accepted, 32 bytes each. */
    public Builder requireHostData(Set<Bytes> values) {
      return answer(Question.HOST_DATA, SnpRules.hostData(values));
    }

    /** Accepts whatever the host put into HOST_DATA. */
    public Builder ignoreHostData() {
      return answer(Question.HOST_DATA, null);
    }

    /** An ID block signed by a trusted key, or by one whose author is trusted. */
    public Builder requireIdBlock(IdBlockRule expected) {
      return answer(Question.ID_BLOCK, SnpRules.idBlock(expected));
    }

    /** Accepts a guest without an ID block, or with anybody's. */
    public Builder ignoreIdBlock() {
      return answer(Question.ID_BLOCK, null);
    }

    /** The chips that are accepted, as 64 bytes of CHIP_ID each. */
    public Builder requireChip(Set<Bytes> chipIds) {
      return answer(Question.CHIP, SnpRules.chips(chipIds));
    }

    /** Accepts any genuine chip. */
    public Builder ignoreChip() {
      return answer(Question.CHIP, null);
    }

    /** Chips that are never accepted, whatever else the policy says. */
    public Builder refuseChips(Set<Bytes> chipIds) {
      return add(SnpRules.refusedChips(chipIds));
    }

    /** The privilege levels that may have asked, 0 to 3; without this any of them. */
    public Builder requireVmpl(Set<Integer> levels) {
      SnpRules.requireSome("privilege levels", levels);
      vmpls = Set.copyOf(levels.stream().map(Integer::longValue).toList());
      return this;
    }

    /** The oldest accepted firmware, running and committed. */
    public Builder requireFirmware(FirmwareVersion floor) {
      return add(SnpRules.firmware(floor));
    }

    /** The oldest accepted version of the report, 2 to 5. */
    public Builder requireReportVersion(int floor) {
      return add(SnpRules.reportVersion(floor));
    }

    /** The least ABI version that the guest's own policy must demand. */
    public Builder requireAbi(int major, int minor) {
      return add(SnpRules.abi(major, minor));
    }

    /** What the guest's own policy must demand of the platform beyond the defaults. */
    public Builder requireGuestPolicy(Set<GuestPolicyDemand> demands) {
      demands.forEach(demand -> add(SnpRules.guestPolicy(demand)));
      return this;
    }

    /** Bits of PLATFORM_INFO that must be one, and bits that must be zero. */
    public Builder requirePlatform(long ones, long zeros) {
      return add(SnpRules.platform(ones, zeros));
    }

    /** Bits of the mitigation vectors that must be one, at launch and now. */
    public Builder requireMitigations(long launch, long current) {
      return add(SnpRules.mitigations(launch, current));
    }

    /** The guests that are accepted by REPORT_ID, 32 bytes each. */
    public Builder requireReportId(Set<Bytes> ids) {
      return add(SnpRules.reportId(ids));
    }

    /** The migration agents that are accepted by REPORT_ID_MA; implies that one may be there. */
    public Builder requireMigrationAgent(Set<Bytes> ids) {
      allowed.add(SnpRules.Weakness.MIGRATION_AGENT);
      return add(SnpRules.migrationAgent(ids));
    }

    /** Accepts guests that the host may debug, and so read. */
    public Builder allowDebugGuest() {
      return allow(SnpRules.Weakness.DEBUG_GUEST);
    }

    /** Accepts guests that any migration agent may move. */
    public Builder allowMigrationAgent() {
      return allow(SnpRules.Weakness.MIGRATION_AGENT);
    }

    /** Accepts guests whose memory may lie behind CXL. */
    public Builder allowCxl() {
      return allow(SnpRules.Weakness.CXL);
    }

    /** Accepts firmware that is not committed and can be rolled back. */
    public Builder allowProvisionalFirmware() {
      return allow(SnpRules.Weakness.PROVISIONAL_FIRMWARE);
    }

    /** Accepts bits of PLATFORM_INFO that nobody has published a meaning of. */
    public Builder allowUnknownPlatformBits() {
      return allow(SnpRules.Weakness.UNKNOWN_PLATFORM_BITS);
    }

    /**
     * Accepts reports signed with a provider's fleet key. A VLEK proves whose fleet, not which
     * chip.
     *
     * @param providers the accepted values of cspID
     */
    public Builder allowVlekOf(Set<String> providers) {
      SnpRules.requireSome("providers", providers);
      cspIds = Set.copyOf(providers);
      return this;
    }

    /** Accepts the fleet key of any provider. */
    public Builder allowVlekOfAnyProvider() {
      cspIds = Set.of();
      return this;
    }

    /**
     * The policy.
     *
     * @throws AttestationException.Configuration if a question is open
     */
    public SnpPolicy build() {
      if (!open.isEmpty()) {
        List<String> missing = open.stream().map(question -> question.methods).toList();
        throw new AttestationException.Configuration(
            "an SEV-SNP policy leaves questions open", "say " + String.join("; ", missing));
      }
      if (!anyTcb && !withFloors.containsAll(accepted)) {
        EnumSet<ProductLine> without = EnumSet.copyOf(accepted);
        without.removeAll(withFloors);
        throw new AttestationException.Configuration(
            "an SEV-SNP policy leaves the TCB of " + without + " open",
            "say requireTcb for each accepted product line, or ignoreTcb");
      }
      List<SnpRule> all = new ArrayList<>(SnpRules.defaults(allowed));
      all.add(SnpRules.vmpl(vmpls));
      all.add(SnpRules.signingKey(cspIds));
      all.addAll(rules);
      return new SnpPolicy(List.copyOf(all));
    }

    private Builder answer(Question question, @Nullable SnpRule rule) {
      open.remove(question);
      return rule == null ? this : add(rule);
    }

    private Builder allow(SnpRules.Weakness weakness) {
      allowed.add(weakness);
      return this;
    }

    private Builder add(SnpRule rule) {
      rules.add(rule);
      return this;
    }
  }
}
